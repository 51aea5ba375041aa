import { describe, expect, it } from '@jest/globals';
import { SocketTimerSchema } from '@closewatch/protocol';
import fc from 'fast-check';
import { socketOf, TABLES } from './proc-tcp-line.ts';
import { socketTimer } from './socket-timer.ts';

/** A CLOSE_WAIT line of /proc/net/tcp with this timer. */
function timerIn(trAndWhen: string, retransmits = '00000000', probes = 0) {
  const line = `   1: 0100007F:1F90 0100007F:C350 08 00000000:00000001 ${trAndWhen} ${retransmits}  1000 ${String(probes).padStart(8)} 54321 1`;
  return socketOf(line, TABLES.tcp)?.timer();
}

describe('the timer of a socket', () => {
  it('is what /proc tells in hundredths of a second, with what the kind counts', () => {
    expect(timerIn('00:00000000')).toEqual({ kind: 'none', expiresInMs: 0, retries: 0 });
    expect(timerIn('01:00000014', '00000003', 9)).toEqual({ kind: 'retransmit', expiresInMs: 200, retries: 3 });
    expect(timerIn('02:000AF0C8', '00000003', 9)).toEqual({ kind: 'keepalive', expiresInMs: 7_170_000, retries: 9 });
    expect(timerIn('04:00000001', '00000000', 300)).toEqual({
      kind: 'zero_window_probe',
      expiresInMs: 10,
      retries: 255,
    });
  });

  it('is not known where the number is none of the known ones', () => {
    expect(timerIn('07:00000001')).toBeNull();
  });

  it('passes the contract whatever the numbers', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.nat(2 ** 40), fc.nat(2 ** 40), (number, expires, retries) => {
        const timer = socketTimer(number, expires, retries);
        expect(timer === null || SocketTimerSchema.safeParse(timer).success).toBe(true);
      }),
    );
  });
});

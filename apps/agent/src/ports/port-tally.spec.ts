import { describe, expect, it } from '@jest/globals';
import { FinWaitsSchema, PortPressureSchema } from '@closewatch/protocol';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { portRangeIn } from '../host/port-range.ts';
import { AT, LITTLE_ENDIAN, viewOf } from '../sockets/diag-format.ts';
import { TABLES } from '../sockets/proc-tcp-line.ts';
import { ZOO_PROC_ROOT, ZOO_SEQUENCE, zooBuffers } from '../testing/fixtures.ts';
import { socketsInto } from './netlink-walk.ts';
import { PortTally } from './port-tally.ts';
import { linesInto } from './proc-walk.ts';

const RANGE = portRangeIn('32768 60999', '40000-40009');

function fromProc(tally: PortTally, chunk = 4_096): PortTally {
  for (const table of Object.values(TABLES)) {
    const bytes = new Uint8Array(readFileSync(join(ZOO_PROC_ROOT, 'net', table.file)));
    const lines = linesInto(tally, table);
    for (let at = 0; at < bytes.length; at += chunk) lines.add(bytes.subarray(at, at + chunk));
    lines.end();
  }
  return tally;
}

function fromNetlink(tally: PortTally, buffers = zooBuffers()): PortTally {
  const messages = socketsInto(tally, ZOO_SEQUENCE);
  for (const buffer of buffers) messages.add(buffer);
  return tally;
}

/** Lines of the recorded tables: state, local port and peer port. */
function recorded(): { state: string; localPort: number; peerPort: number }[] {
  return ['tcp', 'tcp6'].flatMap((file) =>
    readFileSync(join(ZOO_PROC_ROOT, 'net', file), 'latin1')
      .split('\n')
      .map((line) => /: \w+:(\w{4}) \w+:(\w{4}) (\w\w) /.exec(line))
      .filter((match) => match !== null)
      .map(([, local = '', peer = '', state = '']) => ({
        state,
        localPort: parseInt(local, 16),
        peerPort: parseInt(peer, 16),
      })),
  );
}

describe('a tally of ports', () => {
  it('has no more ports to give than the range without those that are reserved or listened on', () => {
    const availableWith = (listening: readonly number[]) =>
      fromProc(new PortTally(RANGE, listening)).pressure()[0]?.available ?? Number.NaN;
    const given = RANGE?.given.indexOf(1, 50_000) ?? Number.NaN;

    expect(availableWith([given, given, 80])).toBe(availableWith([]) - 1);
  });

  it('counts, by destination, the sockets whose local port is one that is given out', () => {
    const sockets = recorded().filter(
      ({ state, localPort }) => state !== '0A' && RANGE?.given[localPort] === 1 && localPort > 0,
    );
    const tally = fromProc(new PortTally(RANGE, []));
    const pressure = tally.pressure();
    expect(tally.timeWait).toBe(15);
    expect(pressure.length).toBeGreaterThan(9);
    for (const { peer, used, timeWait, available } of pressure) {
      // Loopback has one address a family, and ports do not repeat: the peer's port tells the destination.
      const towards = sockets.filter(({ peerPort }) => peerPort === peer.port);
      expect({ peer, used }).toEqual({ peer, used: towards.length });
      expect(timeWait).toBe(towards.filter(({ state }) => state === '06').length);
      expect(available).toBe(60_999 - 32_768 + 1 - 10);
    }
    expect(new Set(pressure.map(({ localAddress }) => localAddress))).toEqual(new Set(['127.0.0.1', '::1']));
    expect(pressure.every((one) => PortPressureSchema.safeParse(one).success)).toBe(true);
  });

  it('passes over ports that somebody listens on', () => {
    const listening = recorded()
      .filter(({ state }) => state === '0A')
      .map(({ localPort }) => localPort);
    const all = new PortTally(RANGE, []);
    const dialled = new PortTally(RANGE, listening);
    fromProc(all);
    fromProc(dialled);
    const peers = new Set(dialled.pressure().map(({ peer }) => peer.port));
    expect(dialled.destinations.count).toBeLessThan(all.destinations.count);
    expect([...peers].every((port) => listening.includes(port))).toBe(true);
    expect(new Set(listening)).toEqual(peers);
  });

  it('finds the same by netlink and by /proc, IPv4-mapped addresses included', () => {
    // The recorded netlink dump has no TIME_WAIT.
    const byNetlink = fromNetlink(new PortTally(RANGE, []));
    const byProc = fromProc(new PortTally(RANGE, []));
    const withoutTimeWait = (tally: PortTally) =>
      tally
        .pressure()
        .map(({ localAddress, peer, used, timeWait }) => ({ localAddress, peer, used: used - timeWait }))
        .filter(({ used }) => used > 0)
        .toSorted((a, b) => a.peer.port - b.peer.port);
    expect(withoutTimeWait(byNetlink)).toEqual(withoutTimeWait(byProc));
    const sorted = (tally: PortTally) =>
      Object.values(tally.finWaits()).map(({ total, items }) => ({
        total,
        items: items.toSorted((a, b) => a.local.port - b.local.port),
      }));
    expect(sorted(byNetlink)).toEqual(sorted(byProc));
    expect(byProc.finWaits().finWait2.total).toBe(recorded().filter(({ state }) => state === '05').length);
    expect(FinWaitsSchema.parse(byProc.finWaits())).toEqual(byProc.finWaits());
  });

  it('finds the same however the table comes in pieces', () => {
    const whole = fromProc(new PortTally(RANGE, []));
    const torn = fromProc(new PortTally(RANGE, []), 7);
    expect(torn.pressure()).toEqual(whole.pressure());
    expect(torn.finWaits()).toEqual(whole.finWaits());
  });

  it('keeps at most 500 tuples of a FIN_WAIT state, and counts them all', () => {
    const tally = new PortTally(RANGE, []);
    for (let i = 0; i < 700; i++) {
      tally.tuple.set([0, 0, 0, 0, 0, 0, 0, 0, 443, i]);
      if (tally.wants(4, i)) tally.add(4);
    }
    const { finWait1, finWait2 } = tally.finWaits();
    expect([finWait1.total, finWait1.items.length, finWait2.total]).toEqual([700, 500, 0]);
    expect(finWait1.items.at(-1)?.local).toEqual({ address: '::', port: 499 });
  });

  it('lists no destinations without a range, and FIN_WAIT all the same', () => {
    const tally = fromProc(new PortTally(undefined, []));
    expect(tally.pressure()).toEqual([]);
    expect(tally.destinations.count).toBe(0);
    expect(tally.finWaits().finWait2.total).toBeGreaterThan(0);
  });

  it('never counts more than there are messages, and spells out what fits the protocol, whatever byte is flipped', () => {
    const [first = new Uint8Array()] = zooBuffers();
    let sockets = 0;
    for (let at = 0; at < first.length; sockets++) at += viewOf(first).getUint32(at + AT.length, LITTLE_ENDIAN);
    fc.assert(
      fc.property(fc.nat(first.length - 1), fc.nat(255), (at, byte) => {
        const damaged = first.slice();
        damaged[at] = byte;
        const tally = fromNetlink(new PortTally(RANGE, []), [damaged]);
        const pressure = tally.pressure();
        expect(pressure.reduce((sum, { used }) => sum + used, 0)).toBeLessThanOrEqual(sockets);
        expect(pressure.every((one) => PortPressureSchema.safeParse(one).success)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('takes in any text in place of a table', () => {
    const word = fc.oneof(fc.string(), fc.constantFrom('0: 0100007F:9999 0100007F:01BB 04 ', '\n', ' 1: '));
    fc.assert(
      fc.property(fc.array(word), (words) => {
        const tally = new PortTally(RANGE, []);
        const lines = linesInto(tally, TABLES.tcp);
        lines.begin();
        lines.add(new TextEncoder().encode(words.join('')));
        lines.end();
        expect(FinWaitsSchema.safeParse(tally.finWaits()).success).toBe(true);
        expect(tally.finWaits().finWait1.total).toBeLessThanOrEqual(words.length);
      }),
    );
  });
});

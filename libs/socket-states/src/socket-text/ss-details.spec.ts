import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readDuration, readInfo, readSsDetails } from './ss-details.ts';

describe('the users of a socket', () => {
  it('are read whatever their names hold', () => {
    const name = fc.oneof(
      fc.string({ maxLength: 15 }),
      fc.constantFrom('",pid=1,fd=1),(', '",pid=1,fd=1)', '),("', '"'),
    );
    const owner = fc.record({
      name: name.filter((text) => !/[\n\r\u2028\u2029]/.test(text)),
      pid: fc.integer({ min: 1, max: 4_194_304 }),
      descriptor: fc.nat({ max: 1_048_576 }),
    });
    fc.assert(
      fc.property(fc.array(owner, { minLength: 1, maxLength: 8 }), (owners) => {
        const list = owners.map((o) => `("${o.name}",pid=${o.pid},fd=${o.descriptor})`).join(',');
        expect(readSsDetails(`users:(${list}) ino:7 sk:1a`)).toMatchObject({ owners, inode: 7, cookie: '1a' });
      }),
    );
  });

  it('are read as older versions, threads and contexts have them', () => {
    expect(readSsDetails('users:(("sshd",812,3),("sshd",813,3))').owners).toEqual([
      { pid: 812, name: 'sshd', descriptor: 3 },
      { pid: 813, name: 'sshd', descriptor: 3 },
    ]);
    expect(readSsDetails('users:(("java",pid=7,tid=9,proc_ctx=a:b:c,fd=3,file_ctx=d:e))').owners).toHaveLength(1);
  });

  it('are nobody when the list is torn, and what follows is not guessed', () => {
    expect(readSsDetails('users:(("a",pid=1,fd=2),("b ino:5 sk:6')).toMatchObject({ owners: [], inode: null });
  });
});

it('has uid 0 where -e tells an inode and no uid, and none where it tells nothing', () => {
  expect(readSsDetails('ino:5 sk:1').uid).toBe(0);
  expect(readSsDetails('uid:1000 ino:5 sk:1').uid).toBe(1_000);
  expect(readSsDetails('').uid).toBeNull();
});

it.each([
  ['timer:(keepalive,1min30sec,0)', { kind: 'keepalive', expiresInMs: 90_000, retries: 0 }],
  ['timer:(on,204ms,2)', { kind: 'retransmit', expiresInMs: 204, retries: 2 }],
  ['timer:(persist,9.500ms,300)', { kind: 'zero_window_probe', expiresInMs: 9_500, retries: 255 }],
  ['timer:(keepalive,,0)', { kind: 'keepalive', expiresInMs: 0, retries: 0 }],
  ['timer:(unknown,1sec,0)', null],
  ['timer:(on,soon,0)', null],
])('reads %s', (text, timer) => {
  expect(readSsDetails(text).timer).toEqual(timer);
});

it.each([
  ['120min', 7_200_000],
  ['1min5sec', 65_000],
  ['30sec', 30_000],
  ['005ms', 5],
  ['', 0],
  ['min', undefined],
  ['1h', undefined],
])('reads the duration "%s"', (text, ms) => {
  expect(readDuration(text)).toBe(ms);
});

it('takes what ss leaves out of -i for zero, and a line of something else for nothing', () => {
  expect(readInfo('\t cubic rto:204 cwnd:10 lastrcv:71 lastack:70')).toEqual({
    lastSentMs: 0,
    lastReceivedMs: 71,
    lastAckMs: 70,
    bytesAcked: 0,
  });
  expect(readInfo('\t skmem:(r0,rb131072)')).toBeNull();
});

import { expect, it } from '@jest/globals';
import { socketOf, TABLES } from './proc-tcp-line.ts';

const line = (uid: string, inode: string, timer = '00:00000000'): string =>
  `  12: 0100007F:1F90 0100007F:C350 08 00000000:00000001 ${timer} 00000000 ${uid} 0 ${inode} 1 0`;

it('reads whose a CLOSE_WAIT socket is', () => {
  expect(socketOf(line('1000', '54321'), TABLES.tcp)).toMatchObject({ uid: 1_000, inode: 54_321, recvQueue: 1 });
});

it.each([
  ['uid', line('9'.repeat(400), '54321')],
  ['inode', line('1000', '9'.repeat(400))],
  ['timer', line('1000', '54321', `02:${'F'.repeat(400)}`)],
])('takes a line whose %s is too long to be one for none', (_field, text) => {
  expect(socketOf(text, TABLES.tcp)).toBeUndefined();
});

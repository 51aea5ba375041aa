import { expect, it } from '@jest/globals';
import { Lacks } from './lacks.ts';

it('tells a lack when it begins and when it is over, and not when a number in it moves', () => {
  const told: string[] = [];
  const log = { info: (line: string) => void told.push(line), warn: (line: string) => void told.push(line) };
  const lacks = new Lacks(log);
  lacks.tell(['processes: 5 of 90 sockets were not looked up']);
  lacks.tell(['processes: 7 of 88 sockets were not looked up', 'netlink: ENOBUFS']);
  lacks.tell([]);
  expect(told).toEqual([
    'goes on without: processes: 5 of 90 sockets were not looked up',
    'goes on without: netlink: ENOBUFS',
    'has again: processes: 7 of 88 sockets were not looked up',
    'has again: netlink: ENOBUFS',
  ]);
});

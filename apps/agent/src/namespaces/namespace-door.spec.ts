import { describe, expect, it } from '@jest/globals';
import { statSync } from 'node:fs';
import { obstacleToNetstat } from '../testing/network-namespace.ts';
import { withoutDescriptors } from '../testing/without-descriptors.ts';
import { Doors } from './namespace-door.ts';
import './setns-doors.ts';

const obstacle = obstacleToNetstat();
const describeAsRoot = obstacle === undefined ? describe : describe.skip;

describeAsRoot(`doors to network namespaces${obstacle === undefined ? '' : ` (${obstacle})`}`, () => {
  it('are opened by setns again after there were no descriptors left for a while', async () => {
    const doors = new Doors({ procRoot: '/proc', forced: undefined, mayEnter: true });
    const found = {
      inode: statSync('/proc/self/ns/net').ino,
      tableInode: statSync('/proc/self/net/tcp').ino,
      pids: [process.pid],
      mount: undefined,
    };
    await expect(withoutDescriptors(() => doors.open(found))).rejects.toThrow('EMFILE');
    const door = await doors.open(found);
    expect(door).toMatchObject({ lacks: undefined, source: { name: 'netlink' } });
    door.close();
    await doors.close();
  });
});

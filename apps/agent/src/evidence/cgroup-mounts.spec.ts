import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { evidenceFixture } from '../testing/fixtures.ts';
import { cgroupMountsIn, cpuCgroupIn, folderOf, upwardsFrom } from './cgroup-mounts.ts';

const CONTAINER = '3f1a6c0c9f8e4b1db5a7c2d4e6f80912a3b4c5d6e7f8091a2b3c4d5e6f708192';

/** Where the control group told in one text lies by the mounts told in the other. */
function placed(mountinfo: string, cgroup: string) {
  const group = cpuCgroupIn(cgroup);
  return group && folderOf(group, cgroupMountsIn(mountinfo));
}

describe('a control group', () => {
  it('of version 1 is found where its cpu controller is mounted, beside version 2', () => {
    expect(cgroupMountsIn(evidenceFixture('mountinfo'))).toEqual([
      { version: 1, root: '/', folder: '/sys/fs/cgroup/cpu' },
      { version: 2, root: '/', folder: '/sys/fs/cgroup/unified' },
    ]);
    expect(placed(evidenceFixture('mountinfo'), evidenceFixture('cgroup'))).toEqual({
      version: 1,
      folder: '/sys/fs/cgroup/cpu/web/inner',
      top: '/sys/fs/cgroup/cpu',
    });
  });

  it('of version 2 is found below its mount', () => {
    const mountinfo = '25 22 0:23 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n';
    expect(placed(mountinfo, '0::/system.slice/nginx.service\n')).toEqual({
      version: 2,
      folder: '/sys/fs/cgroup/system.slice/nginx.service',
      top: '/sys/fs/cgroup',
    });
    expect(placed(mountinfo, '0::/\n')?.folder).toBe('/sys/fs/cgroup');
  });

  it('of a container without a cgroup namespace is what is mounted there', () => {
    expect(placed(evidenceFixture('docker-mountinfo'), evidenceFixture('docker-cgroup'))).toEqual({
      version: 1,
      folder: '/sys/fs/cgroup/cpu,cpuacct',
      top: '/sys/fs/cgroup/cpu,cpuacct',
    });
    expect(placed(evidenceFixture('docker-mountinfo'), '4:cpu,cpuacct:/docker/other\n')).toBeUndefined();
    expect(placed(evidenceFixture('docker-mountinfo'), `4:cpu,cpuacct:/docker/${CONTAINER}x\n`)).toBeUndefined();
  });

  it('in a cgroup namespace is found by the mount that begins at it or above', () => {
    const mountinfo = evidenceFixture('namespace-mountinfo');
    expect(placed(mountinfo, evidenceFixture('namespace-cgroup-inner'))?.folder).toBe('/mnt/cpu/inner');
    expect(placed(mountinfo, evidenceFixture('namespace-cgroup-outer'))?.folder).toBe('/sys/fs/cgroup/cpu');
    expect(placed(mountinfo, '1:cpu:/../neighbour\n')?.folder).toBe('/sys/fs/cgroup/cpu/neighbour');
  });

  it('outside of the cgroup namespace is nowhere, where only its inside is mounted', () => {
    const mountinfo = '63 43 0:29 / /sys/fs/cgroup rw - cgroup2 none rw\n';
    expect(placed(mountinfo, '0::/../../system.slice/nginx.service\n')).toBeUndefined();
    expect(placed(mountinfo, '0::/..\n')).toBeUndefined();
  });

  it('lies below folders up to the mount', () => {
    expect(upwardsFrom({ version: 2, folder: '/cg/a/b', top: '/cg' })).toEqual(['/cg/a/b', '/cg/a', '/cg']);
    expect(upwardsFrom({ version: 2, folder: '/cg', top: '/cg' })).toEqual(['/cg']);
  });

  it('is mounted where a folder with blanks says so', () => {
    expect(cgroupMountsIn('25 22 0:23 / /mnt/my\\040groups rw - cgroup2 cgroup2 rw\n')).toEqual([
      { version: 2, root: '/', folder: '/mnt/my groups' },
    ]);
  });

  it('never leads out of what is mounted, whatever the texts', () => {
    const name = fc.constantFrom('..', 'a', 'b', '', '.', 'x y');
    const path = fc.array(name, { maxLength: 4 }).map((names) => `/${names.join('/')}`);
    fc.assert(
      fc.property(path, path, fc.string(), (root, group, rest) => {
        const mountinfo = `25 22 0:23 ${root} /cg rw - cgroup2 cgroup2 rw\n${rest}`;
        const place = placed(mountinfo, `0::${group}\n${rest}`);
        if (place === undefined) return;
        expect(`${place.folder}/`.startsWith(`${place.top}/`)).toBe(true);
        expect(place.folder.split('/')).not.toContain('..');
        expect(upwardsFrom(place).at(-1)).toBe(place.top);
      }),
    );
  });
});

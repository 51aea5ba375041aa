import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether this process may mount; without, tests of full disks are skipped. */
export const mayMount = ((): boolean => {
  const folder = mkdtempSync(join(tmpdir(), 'closewatch-mount-'));
  try {
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]).status === 0;
    if (mounted) spawnSync('umount', [folder]);
    return mounted;
  } finally {
    rmSync(folder, { recursive: true });
  }
})();

/** A disk of so many KiB, in memory; `remove` takes it away with all that is on it. Needs root. */
export function smallDisk(kibibytes: number): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'closewatch-disk-'));
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', folder], {
    encoding: 'utf8',
  });
  if (status !== 0) {
    rmSync(folder, { recursive: true });
    throw new Error(`mount: ${stderr}`);
  }
  const remove = (): void => {
    spawnSync('umount', [folder]);
    rmSync(folder, { recursive: true });
  };
  return { folder, remove };
}

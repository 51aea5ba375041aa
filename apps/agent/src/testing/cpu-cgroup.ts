import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import { cgroupMountsIn, cpuCgroupIn, folderOf, type CgroupFolder } from '../evidence/cgroup-mounts.ts';

/** The control group this process runs in, as far as CPU time is concerned. */
function here(): CgroupFolder | undefined {
  const cgroup = cpuCgroupIn(readFileSync('/proc/self/cgroup', 'utf8'));
  return cgroup && folderOf(cgroup, cgroupMountsIn(readFileSync('/proc/self/mountinfo', 'utf8')));
}

/** Why no control group with a quota can be made on this machine; undefined when one can. */
export function obstacleToCpuCgroup(): string | undefined {
  const place = here();
  if (place === undefined) return 'no control groups with the cpu controller';
  try {
    const group = CpuCgroup.create({ quotaMs: 50, periodMs: 100 });
    rmdirSync(group.folder);
    return undefined;
  } catch (error) {
    return `a control group with a quota cannot be made: ${messageOf(error)}`;
  }
}

/** A control group of a test, below its own. */
export class CpuCgroup {
  readonly folder: string;
  readonly version: 1 | 2;
  readonly #children: CpuCgroup[] = [];

  private constructor(folder: string, version: 1 | 2) {
    this.folder = folder;
    this.version = version;
    mkdirSync(folder);
  }

  /** Its programs get `quotaMs` of CPU time in every `periodMs`. */
  static create({ quotaMs, periodMs }: { quotaMs: number; periodMs: number }): CpuCgroup {
    const place = here();
    if (place === undefined) throw new Error('no control groups');
    const group = new CpuCgroup(join(place.folder, `closewatch-test-${process.pid}`), place.version);
    try {
      if (group.version === 2) {
        writeFileSync(join(group.folder, 'cpu.max'), `${quotaMs * 1_000} ${periodMs * 1_000}`);
      } else {
        writeFileSync(join(group.folder, 'cpu.cfs_period_us'), String(periodMs * 1_000));
        writeFileSync(join(group.folder, 'cpu.cfs_quota_us'), String(quotaMs * 1_000));
      }
    } catch (error) {
      rmdirSync(group.folder);
      throw error;
    }
    return group;
  }

  child(name: string): CpuCgroup {
    const child = new CpuCgroup(join(this.folder, name), this.version);
    this.#children.push(child);
    return child;
  }

  add(pid: number): void {
    writeFileSync(join(this.folder, 'cgroup.procs'), String(pid));
  }

  /** Those of its programs that have ended take a moment to leave. */
  async remove(): Promise<void> {
    for (const child of this.#children) await child.remove();
    for (let attempt = 0; existsSync(this.folder); attempt++) {
      try {
        rmdirSync(this.folder);
      } catch (error) {
        if (attempt > 40) throw error;
        await sleep(50);
      }
    }
  }
}

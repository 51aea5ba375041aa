import { readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';

/** A server process that runs on a cluster, as its postmaster.pid tells. */
export interface RunningPostmaster {
  readonly pid: number;
  readonly port: number;
  readonly socketFolder: string;
}

/**
 * The server that runs on this cluster, or undefined. A pid in the file proves nothing (it may be reused, or a zombie
 * that PID 1 does not reap): the process must also stand in the cluster's folder, as every postmaster does.
 */
export async function findPostmaster(cluster: string): Promise<RunningPostmaster | undefined> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => undefined);
  // Lines: pid, data folder, start time, port, socket folder, listen address, shared memory, status.
  const [pidText = '', , , portText = '', socketFolder = ''] = text?.split('\n') ?? [];
  const pid = Number.parseInt(pidText, 10);
  if (!Number.isInteger(pid) || pid < 2 || !(await standsIn(pid, cluster))) return undefined;
  return { pid, port: Number.parseInt(portText, 10) || 5432, socketFolder };
}

async function standsIn(pid: number, folder: string): Promise<boolean> {
  if (process.platform === 'linux') {
    const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
    return cwd !== undefined && cwd === (await realpath(folder).catch(() => folder));
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

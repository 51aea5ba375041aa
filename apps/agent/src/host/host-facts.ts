import { readFileSync, statSync } from 'node:fs';
import { release, type } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import { capabilitiesIn } from './capabilities.ts';

/** What does not change while the agent runs. */
export interface HostFacts {
  readonly machineId: string;
  readonly bootId: string;
  readonly kernel: string;
  /** Inode of the agent's network namespace. */
  readonly namespaceInode: number;
  readonly bootedAtMs: number;
  readonly capabilities: readonly string[];
  readonly missing: readonly string[];
  /** What is missing besides where there are other network namespaces; undefined: nothing. */
  readonly missingForOthers: string | undefined;
}

/** Reads them. Throws when /proc under `procRoot` does not tell the boot id: without it no socket has an identity. */
export function readHostFacts(procRoot: string): HostFacts {
  const bootId = readFileSync(join(procRoot, 'sys/kernel/random/boot_id'), 'utf8').trim().toLowerCase();
  const { held, missing, missingForOthers } = capabilitiesIn(readFileSync(join(procRoot, 'self/status'), 'latin1'));
  const notes = [...missing];
  let machineId = '';
  try {
    machineId = readFileSync('/etc/machine-id', 'utf8').trim().slice(0, 64);
  } catch (error) {
    notes.push(`machine id: ${messageOf(error)}`);
  }
  return {
    machineId,
    bootId,
    kernel: `${type()} ${release()}`,
    namespaceInode: statSync(join(procRoot, 'self/ns/net')).ino,
    bootedAtMs: bootTimeIn(readFileSync(join(procRoot, 'stat'), 'latin1')) * 1000,
    capabilities: held,
    missing: notes,
    missingForOthers,
  };
}

/** Seconds since 1970 at which the kernel started: `btime` of /proc/stat. */
export function bootTimeIn(stat: string): number {
  const seconds = /^btime (\d{1,12})$/m.exec(stat)?.[1];
  if (seconds === undefined) throw new Error('/proc/stat does not tell btime');
  return Number(seconds);
}

import { type KernelCounter, type KernelFacts, type KernelSysctl } from '@closewatch/protocol';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, messageOf } from '../errors.ts';
import { COUNTER_SECTIONS, SYSCTL_NAMES } from './kernel-names.ts';
import { countersIn } from './proc-counters.ts';

/** What one reading found, by name; what this kernel does not have is left out. */
export interface Reading<Name extends string, Value> {
  readonly values: ReadonlyMap<Name, Value>;
  /** What could not be read, in words a person can act on. */
  readonly missing: readonly string[];
}

/** As long as the protocol lets a setting be. */
const LONGEST_SETTING = 4_096;

/** The counters of the agent's network namespace. `procRoot` is usually /proc. Never throws. */
export function readCounters(procRoot: string): Reading<KernelCounter, number> {
  const values = new Map<KernelCounter, number>();
  const missing: string[] = [];
  for (const { file, section, names } of COUNTER_SECTIONS) {
    const path = join(procRoot, 'net', file);
    try {
      const found = countersIn(readFileSync(path, 'latin1'), section, names);
      if (found === undefined) missing.push(`kernel counters: ${path} has no readable "${section}:" lines`);
      else for (const [name, value] of found) values.set(name, value);
    } catch (error) {
      missing.push(`kernel counters: ${path} cannot be read: ${messageOf(error)}`);
    }
  }
  return { values, missing };
}

/** The settings of the kernel and of the agent's network namespace. `procRoot` is usually /proc. Never throws. */
export function readSysctls(procRoot: string): Reading<KernelSysctl, string> {
  const values = new Map<KernelSysctl, string>();
  const missing: string[] = [];
  for (const name of SYSCTL_NAMES) {
    const path = join(procRoot, 'sys', ...name.split('.'));
    try {
      const setting = settingIn(readFileSync(path, 'latin1'));
      if (setting === undefined) missing.push(`sysctl ${name}: ${path} holds no text of at most 4096 characters`);
      else values.set(name, setting);
    } catch (error) {
      // Older kernels lack some, and a network namespace lacks those that are the host's alone.
      if (errorCode(error) !== 'ENOENT') missing.push(`sysctl ${name}: ${path} cannot be read: ${messageOf(error)}`);
    }
  }
  return { values, missing };
}

/** The text of a setting on one line, `32768 60999`; undefined when it is too long, or no text. */
export function settingIn(text: string): string | undefined {
  const setting = text.trim().replaceAll(/\s+/g, ' ');
  return setting.length <= LONGEST_SETTING && /^[\x20-\x7e]*$/.test(setting) ? setting : undefined;
}

/**
 * Descriptors of the whole system: /proc/sys/fs/file-nr, `allocated unused max` (sysctl/fs.rst). Undefined when the
 * text is none. A limit past what a number holds exactly (it is 2^63 - 1 on many hosts) comes out as that.
 */
export function fileHandlesIn(text: string): KernelFacts['fileHandles'] {
  const [, allocated, max] = /^(\d+)\s+\d+\s+(\d+)\s*$/.exec(text) ?? [];
  if (allocated === undefined || max === undefined || !Number.isSafeInteger(Number(allocated))) return undefined;
  return { allocated: Number(allocated), max: Math.min(Number(max), Number.MAX_SAFE_INTEGER) };
}

/** Reads it under `procRoot`; undefined when it cannot be read or understood. */
export function readFileHandles(procRoot: string): KernelFacts['fileHandles'] {
  try {
    return fileHandlesIn(readFileSync(join(procRoot, 'sys/fs/file-nr'), 'latin1'));
  } catch {
    return undefined;
  }
}

import { type PressureStall } from '@closewatch/protocol';
import { join } from 'node:path';
import { readText } from './proc-text.ts';

/** The text of /proc/pressure/RESOURCE (Documentation/accounting/psi.rst); null when it is no such file. */
export function stallIn(text: string): PressureStall['cpu'] {
  const average = (kind: string): number | null => {
    const percent = new RegExp(`^${kind} avg10=(\\d{1,3}\\.\\d\\d) `, 'm').exec(text)?.[1];
    return percent === undefined ? null : Number(percent);
  };
  const someAvg10 = average('some');
  return someAvg10 === null ? null : { someAvg10, fullAvg10: average('full') };
}

/** The host's pressure; each resource is null where the kernel does not tell (it is off, or older than Linux 4.20). */
export function readPressureStall(procRoot: string): PressureStall {
  const read = (resource: string): PressureStall['cpu'] => {
    const text = readText(join(procRoot, 'pressure', resource));
    return typeof text === 'string' ? stallIn(text) : null;
  };
  return { cpu: read('cpu'), memory: read('memory'), io: read('io') };
}

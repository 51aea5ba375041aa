import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * TIME_WAIT records of the namespace, IPv4 and IPv6, as /proc/net/sockstat tells under `tw`: it includes orphaned
 * FIN_WAIT2 minisockets. Undefined when the text has no such number.
 */
export function timeWaitRecordsIn(sockstat: string): number | undefined {
  const found = /^TCP:.*\btw (\d+)/m.exec(sockstat);
  return found?.[1] === undefined ? undefined : Number(found[1]);
}

/** Reads it under `procRoot` (usually /proc). Throws when the file cannot be read. */
export function readTimeWaitRecords(procRoot: string): number | undefined {
  return timeWaitRecordsIn(readFileSync(join(procRoot, 'net/sockstat'), 'latin1'));
}

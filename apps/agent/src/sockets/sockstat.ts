/**
 * TIME_WAIT records of the namespace, IPv4 and IPv6, as /proc/net/sockstat tells under `tw`: it includes orphaned
 * FIN_WAIT2 minisockets. Undefined when the text has no such number.
 */
export function timeWaitRecordsIn(sockstat: string): number | undefined {
  const found = /^TCP:.*\btw (\d{1,10})(?!\d)/m.exec(sockstat);
  return found?.[1] === undefined ? undefined : Number(found[1]);
}

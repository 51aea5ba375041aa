/**
 * Counters of one section of /proc/net/netstat or /proc/net/snmp (proc_net(5)), which is a line of names and a line of
 * numbers, both beginning with the section's name:
 *
 *     TcpExt: SyncookiesSent TW TWRecycled
 *     TcpExt: 0 123369 27
 *
 * Returns those of `names` that this kernel has. Undefined when the section is not there, or its two lines do not match
 * (cut short, or changed while they were read): then no number can be trusted to stand under its name.
 */
export function countersIn<Name extends string>(
  text: string,
  section: string,
  names: readonly Name[],
): Map<Name, number> | undefined {
  const heading = `${section}: `;
  // What follows the last newline is cut short, or nothing.
  const lines = text.split('\n').slice(0, -1);
  const at = lines.findIndex((line) => line.startsWith(heading));
  const [titles, numbers] = [lines[at], lines[at + 1]].map((line) => line?.slice(heading.length).trim().split(/ +/));
  if (at === -1 || titles === undefined || numbers === undefined) return undefined;
  if (lines[at + 1]?.startsWith(heading) !== true || titles.length !== numbers.length) return undefined;
  const found = new Map<Name, number>();
  for (const name of names) {
    const text = numbers[titles.indexOf(name)];
    if (text === undefined || !/^\d{1,16}$/.test(text)) continue;
    const number = Number(text);
    if (Number.isSafeInteger(number)) found.set(name, number);
  }
  return found;
}

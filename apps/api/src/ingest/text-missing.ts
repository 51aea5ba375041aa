import { type SocketText } from '@closewatch/socket-states';

/** What the host page says a host without an agent lacks, and what to do about each. */
export function textMissing({ tool, tells, cut, unlisted, skipped, complete, counts }: SocketText): string[] {
  const notes = [`agent: there is none on this host, its sockets come as text from ${tool}`];
  if (!tells.owners) notes.push('owners: the text names no processes; run ss or netstat as root and with -p');
  if (!tells.ages) notes.push('ages: counted from the first text that shows a connection; ss -i tells them');
  if (counts.close_wait === null) {
    notes.push('connections: the text shows listening sockets alone; leave out -l, or nothing else was there');
  } else if (counts.listen === null) {
    notes.push('listeners: the text shows none, so nobody knows which end dialled; add -a');
  }
  if (cut.length > 0) {
    notes.push(`addresses: netstat cut those of ${cut.length} CLOSE_WAIT connections, which are not listed; add -W`);
  }
  if (unlisted > 0) notes.push(`connections: ${unlisted} in CLOSE_WAIT are counted and not listed`);
  if (skipped.length > 0) notes.push(`lines: ${skipped.length} of the last text were not understood`);
  if (!complete)
    notes.push('ends: the last text may not show all, so connections that it leaves out stay as they were');
  return notes;
}

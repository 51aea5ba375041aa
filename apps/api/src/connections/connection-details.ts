import { type Connection } from '@closewatch/protocol';

/** What only some sources tell of a connection; stored together, without what is null. */
export type ConnectionDetails = Pick<Connection, 'bytesAcked' | 'lastSentAt' | 'timer' | 'acceptQueue'>;

/** Null when nothing is known: then nothing is stored either. */
export function packDetails({
  bytesAcked,
  lastSentAt,
  timer,
  acceptQueue,
}: ConnectionDetails): Partial<ConnectionDetails> | null {
  const known = Object.entries({ bytesAcked, lastSentAt, timer, acceptQueue }).filter(([, value]) => value !== null);
  return known.length === 0 ? null : Object.fromEntries(known);
}

export function unpackDetails(packed: Partial<ConnectionDetails> | null): ConnectionDetails {
  return { bytesAcked: null, lastSentAt: null, timer: null, acceptQueue: null, ...packed };
}

import { type Snapshot } from '@closewatch/protocol';
import { pack } from './packing.ts';

/** One start of the agent, on one boot of its host. Pushes go out under the run that took their snapshots. */
export interface Run {
  readonly runId: string;
  readonly bootId: string;
}

/** A snapshot as it goes over the wire. It is packed once, so that a retry sends the same bytes. */
export interface Parcel {
  readonly run: Run;
  readonly seq: number;
  /** `takenAt` of the snapshot, milliseconds since 1970. */
  readonly takenAtMs: number;
  /** Bytes of its JSON. */
  readonly size: number;
  /** Its JSON as one gzip member (RFC 1952 section 2.2): several in a row are the text of all, one after the other. */
  readonly packed: Uint8Array;
}

/** Parcels of one run, for one push. */
export interface Batch {
  readonly run: Run;
  /** JSON of what the agent said of itself then; undefined where that is not known. */
  readonly agent: string | undefined;
  readonly parcels: readonly Parcel[];
}

/** Connections of which a piece of JSON is made at a time: about 150 kB. */
const PIECE = 256;

/**
 * A snapshot of this run, packed. Ten thousand connections are six megabytes of JSON: they are written and packed piece
 * by piece, so that neither the text nor a copy of it ever stands in memory, and the event loop has its turns.
 */
export async function parcelOf(run: Run, snapshot: Snapshot): Promise<Parcel> {
  const { connections, ...rest } = snapshot;
  const members: Uint8Array[] = [];
  let size = 0;
  const add = async (text: string): Promise<void> => {
    size += Buffer.byteLength(text);
    members.push(await pack(text));
  };
  let text = `${JSON.stringify(rest).slice(0, -1)},"connections":[`;
  for (let from = 0; from < connections.length; from += PIECE) {
    if (from > 0) {
      await add(text);
      text = ',';
    }
    text += JSON.stringify(connections.slice(from, from + PIECE)).slice(1, -1);
  }
  await add(`${text}]}`);
  const packed = members.length === 1 && members[0] !== undefined ? members[0] : Buffer.concat(members);
  return { run, seq: snapshot.seq, takenAtMs: Date.parse(snapshot.takenAt), size, packed };
}

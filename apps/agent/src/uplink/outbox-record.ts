import { crc32 } from 'node:zlib';
import { type Parcel, type Run } from './parcel.ts';

/** What stands in a segment of the outbox, one after the other. */
export type OutboxRecord =
  | { readonly kind: 'snapshot'; readonly parcel: Parcel }
  /** What the agent says of itself, from here on: JSON. */
  | { readonly kind: 'agent'; readonly run: Run; readonly agent: string }
  /** The server has these snapshots of a run, first and last included, or does not want them. */
  | { readonly kind: 'done'; readonly run: Run; readonly from: number; readonly to: number };

/** A file begins so; the number is the version of all that follows, and stands in the mark of each record, too. */
export const FILE_HEADER = Buffer.from('closewatch outbox 1\n', 'latin1');

/*
 * A record, little endian. The checksum is over everything behind it.
 *   0  4  mark "CWR1"          12  1  kind, 3 unused       32  4  size (bytes of the JSON)
 *   4  4  CRC-32               16  8  takenAt, or `to`     36 16  runId
 *   8  4  bytes of payload     24  8  seq, or `from`       52 16  bootId, then the payload
 */
const MARK = Buffer.from('CWR1', 'latin1');
export const RECORD_HEADER_BYTES = 68;
const KINDS = { snapshot: 1, agent: 2, done: 3 } as const;
const NOTHING = new Uint8Array();

/** The bytes of a record, ready to be appended. */
export function encodeRecord(record: OutboxRecord): Buffer {
  switch (record.kind) {
    case 'snapshot': {
      const { run, seq, takenAtMs, size, packed } = record.parcel;
      return encode(record.kind, run, takenAtMs, seq, size, packed);
    }
    case 'agent':
      return encode(record.kind, record.run, 0, 0, 0, Buffer.from(record.agent, 'utf8'));
    case 'done':
      return encode(record.kind, record.run, record.to, record.from, 0, NOTHING);
  }
}

function encode(
  kind: keyof typeof KINDS,
  { runId, bootId }: Run,
  a: number,
  b: number,
  size: number,
  payload: Uint8Array,
): Buffer {
  const bytes = Buffer.alloc(RECORD_HEADER_BYTES + payload.length);
  MARK.copy(bytes);
  bytes.writeUInt32LE(payload.length, 8);
  bytes.writeUInt8(KINDS[kind], 12);
  bytes.writeDoubleLE(a, 16);
  bytes.writeDoubleLE(b, 24);
  bytes.writeUInt32LE(size, 32);
  bytes.write(runId.replaceAll('-', ''), 36, 'hex');
  bytes.write(bootId.replaceAll('-', ''), 52, 'hex');
  bytes.set(payload, RECORD_HEADER_BYTES);
  bytes.writeUInt32LE(crc32(bytes.subarray(8)), 4);
  return bytes;
}

/** A record and the bytes it stands in. */
export interface Located {
  readonly record: OutboxRecord;
  readonly start: number;
  readonly end: number;
}

export interface Scanned {
  readonly records: readonly Located[];
  /** Stretches that hold nothing readable: each was a record at least. */
  readonly damaged: number;
}

/**
 * Reads the bytes of a segment, whatever happened to them: what does not check is skipped up to the next record that
 * does. Payloads are views of `bytes`.
 */
export function scanSegment(bytes: Buffer): Scanned {
  const records: Located[] = [];
  let sound = bytes.subarray(0, FILE_HEADER.length).equals(FILE_HEADER);
  let damaged = sound ? 0 : 1;
  let position = sound ? FILE_HEADER.length : 0;
  while (position < bytes.length) {
    const found = recordAt(bytes, position);
    if (found !== undefined) {
      records.push(found);
      position = found.end;
      sound = true;
      continue;
    }
    if (sound) damaged++;
    sound = false;
    const next = bytes.indexOf(MARK, position + 1);
    position = next === -1 ? bytes.length : next;
  }
  return { records, damaged };
}

function recordAt(bytes: Buffer, start: number): Located | undefined {
  const payloadStart = start + RECORD_HEADER_BYTES;
  if (payloadStart > bytes.length || MARK.compare(bytes, start, start + 4) !== 0) return undefined;
  const end = payloadStart + bytes.readUInt32LE(start + 8);
  if (end > bytes.length || crc32(bytes.subarray(start + 8, end)) !== bytes.readUInt32LE(start + 4)) return undefined;
  const record = decode(bytes.subarray(start, end));
  return record === undefined ? undefined : { record, start, end };
}

/** Of bytes that check; undefined for a kind that this version does not know, or numbers that it would not write. */
function decode(bytes: Buffer): OutboxRecord | undefined {
  const run = { runId: uuidAt(bytes, 36), bootId: uuidAt(bytes, 52) };
  const [a, b] = [bytes.readDoubleLE(16), bytes.readDoubleLE(24)];
  if (!Number.isSafeInteger(a) || !Number.isSafeInteger(b) || a < 0 || b < 0) return undefined;
  const payload = bytes.subarray(RECORD_HEADER_BYTES);
  switch (bytes.readUInt8(12)) {
    case KINDS.snapshot:
      return {
        kind: 'snapshot',
        parcel: { run, takenAtMs: a, seq: b, size: bytes.readUInt32LE(32), packed: payload },
      };
    case KINDS.agent:
      return { kind: 'agent', run, agent: payload.toString('utf8') };
    case KINDS.done:
      return { kind: 'done', run, to: a, from: b };
    default:
      return undefined;
  }
}

function uuidAt(bytes: Buffer, start: number): string {
  const hex = bytes.toString('hex', start, start + 16);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

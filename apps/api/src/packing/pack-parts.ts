import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { PackError } from './column-codec.ts';

/** First byte, so that another way of packing may follow; then the CRC-32 of the rest, how many parts, and their lengths. */
const VERSION = 1;
const CHECKSUM_AT = 1;
const COUNT_AT = 5;
const LENGTHS_AT = 9;
const NUMBER_BYTES = 4;
/** More than any part of ours unpacks to; what says otherwise is damaged. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Parts of a pack, one after the other, so that each can be read without the others. */
export function joinParts(parts: readonly Uint8Array[]): Buffer {
  const head = Buffer.alloc(LENGTHS_AT + parts.length * NUMBER_BYTES, VERSION);
  head.writeUInt32BE(parts.length, COUNT_AT);
  for (const [index, part] of parts.entries()) head.writeUInt32BE(part.length, LENGTHS_AT + index * NUMBER_BYTES);
  const pack = Buffer.concat([head, ...parts]);
  pack.writeUInt32BE(crc32(pack.subarray(COUNT_AT)), CHECKSUM_AT);
  return pack;
}

/** The parts of {@link joinParts}, not copied. Throws {@link PackError}. */
export function splitParts(pack: Uint8Array): Uint8Array[] {
  if (pack.length < LENGTHS_AT) throw new PackError('it is not complete');
  const view = new DataView(pack.buffer, pack.byteOffset, pack.byteLength);
  if (view.getUint8(0) !== VERSION) throw new PackError(`version ${view.getUint8(0)} is not known`);
  if (view.getUint32(CHECKSUM_AT) !== crc32(pack.subarray(COUNT_AT))) throw new PackError('it is damaged');
  const count = view.getUint32(COUNT_AT);
  const parts: Uint8Array[] = [];
  let at = LENGTHS_AT + count * NUMBER_BYTES;
  for (let index = 0; index < count; index++) {
    const end = at + view.getUint32(LENGTHS_AT + index * NUMBER_BYTES);
    parts.push(pack.subarray(at, end));
    at = end;
  }
  return parts;
}

/** A part of bytes, deflated: columns of many things repeat each other. */
export function packBytes(bytes: Uint8Array): Buffer {
  return deflateRawSync(bytes);
}

/** What {@link packBytes} packed. Throws {@link PackError}. */
export function unpackBytes(part: Uint8Array): Buffer {
  try {
    return inflateRawSync(part, { maxOutputLength: MOST_BYTES });
  } catch (cause) {
    throw new PackError('it is damaged', { cause });
  }
}

/** A part of JSON, deflated. */
export function packJson(value: unknown): Buffer {
  return deflateRawSync(JSON.stringify(value));
}

/** What {@link packJson} packed; what it is the caller knows. Throws {@link PackError}. */
export function unpackJson(part: Uint8Array): unknown {
  try {
    return JSON.parse(unpackBytes(part).toString('utf8'));
  } catch (cause) {
    throw new PackError('its JSON is damaged', { cause });
  }
}

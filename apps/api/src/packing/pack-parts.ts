import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { PackError } from './column-codec.ts';

/** First byte, so that another way of packing may follow. Then how many parts, and the length of each, four bytes each. */
const VERSION = 1;
const COUNT_AT = 1;
const LENGTHS_AT = 5;
const LENGTH_BYTES = 4;
/** More than any part of ours unpacks to; what says otherwise is damaged. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Parts of a pack, one after the other, so that each can be read without the others. */
export function joinParts(parts: readonly Uint8Array[]): Buffer {
  const head = Buffer.alloc(LENGTHS_AT + parts.length * LENGTH_BYTES);
  head.writeUInt8(VERSION);
  head.writeUInt32BE(parts.length, COUNT_AT);
  for (const [index, part] of parts.entries()) head.writeUInt32BE(part.length, LENGTHS_AT + index * LENGTH_BYTES);
  return Buffer.concat([head, ...parts]);
}

/** The parts of {@link joinParts}, not copied. Throws {@link PackError}. */
export function splitParts(pack: Uint8Array): Uint8Array[] {
  const view = new DataView(pack.buffer, pack.byteOffset, pack.byteLength);
  if (pack.length < LENGTHS_AT) throw new PackError('it is not complete');
  if (view.getUint8(0) !== VERSION) throw new PackError(`version ${view.getUint8(0)} is not known`);
  const count = view.getUint32(COUNT_AT);
  let at = LENGTHS_AT + count * LENGTH_BYTES;
  if (at > pack.length) throw new PackError('it is not complete');
  const parts: Uint8Array[] = [];
  for (let index = 0; index < count; index++) {
    const end = at + view.getUint32(LENGTHS_AT + index * LENGTH_BYTES);
    parts.push(pack.subarray(at, end));
    at = end;
  }
  if (at !== pack.length) throw new PackError('it is not as long as it says');
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

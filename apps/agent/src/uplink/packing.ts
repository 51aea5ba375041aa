import { promisify } from 'node:util';
import { constants, gzip, gzipSync } from 'node:zlib';

const compress = promisify(gzip);

/** The least effort: what repeats in such a text repeats close by. */
const options = { level: constants.Z_BEST_SPEED };

/** A text as one gzip member. */
export async function pack(text: string): Promise<Uint8Array> {
  return compress(text, options);
}

const SEPARATOR = gzipSync(',', options);
const END = gzipSync(']}', options);

/**
 * The body of a push: `head`, a JSON object, with `snapshots` added to it, each packed already. What comes out is gzip
 * too (RFC 1952 section 2.2: a file is a series of members).
 */
export async function packPush(head: object, snapshots: readonly Uint8Array[]): Promise<Uint8Array> {
  const beginning = await pack(`${JSON.stringify(head).slice(0, -1)},"snapshots":[`);
  const items = snapshots.flatMap((snapshot, index) => (index === 0 ? [snapshot] : [SEPARATOR, snapshot]));
  return Buffer.concat([beginning, ...items, END]);
}

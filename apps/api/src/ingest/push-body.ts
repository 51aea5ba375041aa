import { type IncomingMessage } from 'node:http';
import { type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ApiError } from '../errors/api-error.ts';
import { coerceError, errorCode } from '../errors/coerce-error.ts';

/** How much of a body is read, and how it may be packed. */
export interface BodyLimits {
  /** Bytes, before and after unpacking. */
  readonly bytes: number;
  readonly gzip: boolean;
}

export interface JsonBody {
  readonly value: unknown;
  /** Bytes of its text, unpacked: a measure of the memory that it takes. */
  readonly bytes: number;
}

/** Counts what is kept in memory of a body that is being read. */
export interface BodyCount {
  /** Throws {@link ApiError} where so many bytes more are too many. */
  add(bytes: number): void;
  /** Counts none of them any longer. */
  end(): void;
}

/**
 * Reads a JSON body. Throws {@link ApiError}: as {@link readBody} and `count` do, and 400 for broken JSON. `count` is ended
 * in any case.
 */
export async function readJsonBody(payload: IncomingMessage, limits: BodyLimits, count?: BodyCount): Promise<JsonBody> {
  const chunks: Buffer[] = [];
  try {
    const bytes = await readBody(payload, limits, (chunk) => {
      count?.add(chunk.length);
      chunks.push(chunk);
    });
    return { value: parseJson(chunks), bytes };
  } finally {
    count?.end();
  }
}

function parseJson(chunks: readonly Buffer[]): unknown {
  try {
    const [first] = chunks;
    const whole = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
    return JSON.parse(whole.toString('utf8'));
  } catch (error) {
    const reason = coerceError(error).message;
    throw ApiError.badRequest('The body is not valid JSON.', [{ path: 'body', message: reason }]);
  }
}

/**
 * Reads a body as a stream, unpacked, and hands its chunks to `take`; returns how many bytes they were. What unpacks to
 * more than the limit is given up at the limit, however small it is packed; so is what `take` throws an {@link ApiError} at.
 * Throws it: 413, 415 for other encodings, 400 for broken gzip.
 */
export async function readBody(
  payload: IncomingMessage,
  limits: BodyLimits,
  take: (chunk: Buffer) => void,
): Promise<number> {
  const encoding = payload.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  const supported = limits.gzip ? ['identity', 'gzip'] : ['identity'];
  if (!supported.includes(encoding)) {
    throw new ApiError(415, 'Unsupported Media Type', `Content-Encoding must be ${supported.join(' or ')}.`, [
      { path: 'content-encoding', message: `is ${encoding}` },
    ]);
  }
  if (Number(payload.headers['content-length'] ?? 0) > limits.bytes) throw tooLarge(limits);
  return encoding === 'gzip' ? gunzipped(payload, limits, take) : passedOn(payload, limits, take);
}

async function gunzipped(payload: IncomingMessage, limits: BodyLimits, take: (chunk: Buffer) => void): Promise<number> {
  const gunzip = createGunzip();
  payload.on('error', (error) => gunzip.destroy(error));
  payload.on('aborted', () => gunzip.destroy(new Error('aborted')));
  payload.pipe(gunzip);
  try {
    return await passedOn(gunzip, limits, take);
  } catch (error) {
    payload.unpipe(gunzip);
    if (error instanceof ApiError) throw error;
    const truncated = errorCode(error) === 'Z_BUF_ERROR';
    const message = truncated ? 'the gzip stream ends too early' : 'is not a gzip stream';
    throw ApiError.badRequest(`The body cannot be unpacked: ${message}.`, [{ path: 'body', message }]);
  } finally {
    gunzip.destroy();
    // What we do not want to read must still be read, or the client never sees the answer.
    payload.resume();
  }
}

function passedOn(stream: Readable, limits: BodyLimits, take: (chunk: Buffer) => void): Promise<number> {
  let size = 0;
  let ended = false;
  return new Promise((resolve, reject) => {
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      try {
        if (size > limits.bytes) throw tooLarge(limits);
        take(chunk);
      } catch (error) {
        stream.removeAllListeners('data');
        stream.resume();
        reject(coerceError(error));
      }
    });
    stream.once('end', () => {
      ended = true;
      resolve(size);
    });
    stream.once('error', reject);
    // Comes after the end, too; to make an error of it each time cost more than to read the body.
    stream.once('close', () => {
      if (!ended) reject(new Error('The body ended before it was complete.'));
    });
  });
}

function tooLarge({ bytes }: BodyLimits): ApiError {
  const message = `must not be larger than ${bytes} bytes`;
  return new ApiError(413, 'Payload Too Large', `The body is too large: unpacked it ${message}.`, [
    { path: 'body', message },
  ]);
}

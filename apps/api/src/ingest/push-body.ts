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

/**
 * Reads a JSON body as a stream. What unpacks to more than the limit is given up at the limit, however small it is
 * packed. Throws {@link ApiError}: 413, 415 for other encodings, 400 for broken gzip or JSON.
 */
export async function readJsonBody(payload: IncomingMessage, limits: BodyLimits): Promise<JsonBody> {
  const encoding = payload.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  const supported = limits.gzip ? ['identity', 'gzip'] : ['identity'];
  if (!supported.includes(encoding)) {
    throw new ApiError(415, 'Unsupported Media Type', `Content-Encoding must be ${supported.join(' or ')}.`, [
      { path: 'content-encoding', message: `is ${encoding}` },
    ]);
  }
  if (Number(payload.headers['content-length'] ?? 0) > limits.bytes) throw tooLarge(limits);
  const bytes = encoding === 'gzip' ? await gunzipped(payload, limits) : await collected(payload, limits);
  try {
    return { value: JSON.parse(bytes.toString('utf8')), bytes: bytes.length };
  } catch (error) {
    const reason = coerceError(error).message;
    throw ApiError.badRequest('The body is not valid JSON.', [{ path: 'body', message: reason }]);
  }
}

async function gunzipped(payload: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  const gunzip = createGunzip();
  payload.on('error', (error) => gunzip.destroy(error));
  payload.on('aborted', () => gunzip.destroy(new Error('aborted')));
  payload.pipe(gunzip);
  try {
    return await collected(gunzip, limits);
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

async function collected(stream: Readable, limits: BodyLimits): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limits.bytes) {
        stream.removeAllListeners('data');
        stream.resume();
        reject(tooLarge(limits));
        return;
      }
      chunks.push(chunk);
    });
    stream.once('end', () => resolve(Buffer.concat(chunks)));
    stream.once('error', reject);
    stream.once('close', () => reject(new Error('The body ended before it was complete.')));
  });
}

function tooLarge({ bytes }: BodyLimits): ApiError {
  const message = `must not be larger than ${bytes} bytes`;
  return new ApiError(413, 'Payload Too Large', `The body is too large: unpacked it ${message}.`, [
    { path: 'body', message },
  ]);
}

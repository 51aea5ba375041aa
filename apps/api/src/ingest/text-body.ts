import { type IncomingMessage } from 'node:http';
import { TEXT_LIMITS } from '@closewatch/protocol';
import { type SocketText, SocketTextError, SocketTextReader } from '@closewatch/socket-states';
import { ApiError } from '../errors/api-error.ts';
import { readBody } from './push-body.ts';

const LIMITS = { bytes: TEXT_LIMITS.bodyBytes, gzip: true };

export interface TextBody {
  readonly text: SocketText;
  /** Bytes of the text, unpacked. */
  readonly bytes: number;
}

/**
 * Reads the output of ss or netstat as it arrives, whatever content type it claims: `curl --data-binary` says that it is
 * a form. Keeps no more of it than its CLOSE_WAIT sockets. Throws {@link ApiError}: 400 with the line in `issues`, 413
 * and 415.
 */
export async function readTextBody(payload: IncomingMessage): Promise<TextBody> {
  const reader = new SocketTextReader({
    closeWait: TEXT_LIMITS.connections,
    skipped: TEXT_LIMITS.skippedLines,
  });
  const refusing = <Result>(read: () => Result): Result => {
    try {
      return read();
    } catch (error) {
      throw error instanceof SocketTextError ? refusal(error) : error;
    }
  };
  const bytes = await readBody(payload, LIMITS, (chunk) => refusing(() => reader.add(chunk)));
  return { text: refusing(() => reader.end()), bytes };
}

function refusal({ line, reason }: SocketTextError): ApiError {
  return ApiError.badRequest(`The text cannot be counted: line ${line}: ${reason}.`, [
    { path: `lines.${line}`, message: reason },
  ]);
}

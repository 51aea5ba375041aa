import { z } from 'zod';
import { ApiError } from '../errors/api-error.ts';

/** Writes a place in a list as an opaque cursor. */
export function encodeCursor(place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(place), 'utf8').toString('base64url');
}

/** Reads a cursor that {@link encodeCursor} wrote. Throws {@link ApiError} 400 for anything else. */
export function decodeCursor<Place>(cursor: string | undefined, schema: z.ZodType<Place>): Place | undefined {
  if (cursor === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    const message = 'must be the nextCursor of an earlier answer';
    throw ApiError.badRequest('The cursor is not one of this list.', [{ path: 'cursor', message }]);
  }
}

/** The query parameters of every list. */
export function pageParameters(limits: { readonly usual: number; readonly most: number }) {
  return {
    limit: z.coerce.number().int().min(1).max(limits.most).default(limits.usual),
    cursor: z.string().max(1_000).optional(),
  };
}

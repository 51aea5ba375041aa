/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  return textOf(error, 'message') ?? String(error);
}

/** `ENOENT` and its like; undefined when the error carries none. */
export function errorCode(error: unknown): string | undefined {
  return textOf(error, 'code');
}

/** The right to look was missing: EACCES or EPERM. */
export function isForbidden(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'EACCES' || code === 'EPERM';
}

/** By its shape: `instanceof` does not know errors of another realm. */
function textOf(error: unknown, property: 'message' | 'code'): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const text: unknown = Reflect.get(error, property);
  return typeof text === 'string' ? text : undefined;
}

/**
 * A Postgres array, as text, of values that need no quotes: numbers, booleans, UUIDs, instants. The driver's own way
 * looks at every element for what might need them, which took a tenth of the server's time.
 */
export function plainArray(values: readonly (number | string | boolean | null)[]): string {
  let text = '{';
  for (let index = 0; index < values.length; index++) {
    if (index > 0) text += ',';
    text += String(values[index] ?? 'NULL');
  }
  return `${text}}`;
}

/** Milliseconds since the epoch as an array of instants. */
export function instantArray(values: readonly (number | null)[]): string {
  return plainArray(values.map((at) => (at === null ? null : new Date(at).toISOString())));
}

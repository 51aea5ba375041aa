/** A value of a table: text, a number in its unit, yes or no, or nothing (an empty cell, never zero). */
export type CsvValue = string | number | boolean | null;

/** RFC 4180, section 2.1. */
export const LINE_END = '\r\n';

/** One line with its end. Quotes are doubled, and what has a comma, a quote or a line end is quoted (RFC 4180, section 2). */
export function csvLine(values: readonly CsvValue[]): string {
  return values.map(cell).join(',') + LINE_END;
}

function cell(value: CsvValue): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const guarded = guard(value);
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

/**
 * A spreadsheet takes a cell that begins like this for a formula and works it out, commands included (OWASP, CSV
 * Injection); names of processes and hosts come from others. After an apostrophe it is text. Numbers stay as they are.
 */
function guard(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

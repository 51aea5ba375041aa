/** An instant as `<input type="datetime-local" step="1">` has it: `2026-11-22T12:03:05`, in the browser's zone. */
export function toLocalInput(ms: number): string {
  const date = new Date(ms);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** Date.parse takes half a date for a whole one. */
const DATE_AND_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?$/;

/** The instant of such a field as ISO 8601 in UTC; undefined while it is empty or half filled in. */
export function fromLocalInput(value: string): string | undefined {
  const ms = DATE_AND_TIME.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

/** The instant that stands in the URL as `at`; undefined for anything that is none. */
export function instantOf(at: string | undefined): string | undefined {
  return at === undefined ? undefined : fromLocalInput(at);
}

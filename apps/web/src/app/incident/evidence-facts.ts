/** Something that was gathered, as a line of its name and its value, indented by how deep it lies. */
export interface Fact {
  readonly path: string;
  readonly name: string;
  readonly depth: number;
  /** Null: a heading of what is below. */
  readonly value: string | number | boolean | null;
}

/** Lines beyond these help nobody on a page; the export has them all. */
const MOST_FACTS = 80;

/** Content of a kind that the page has no picture for: whatever it holds, line by line; what is null is left out. */
export function factsOf(content: unknown): readonly Fact[] {
  const facts: Fact[] = [];
  collect(content, '', '', -1, facts);
  return facts;
}

function collect(value: unknown, path: string, name: string, depth: number, facts: Fact[]): void {
  if (value === null || value === undefined || facts.length >= MOST_FACTS) return;
  if (typeof value === 'object') {
    if (depth >= 0) facts.push({ path, name, depth, value: null });
    for (const [key, inner] of Object.entries(value)) {
      collect(inner, `${path}.${key}`, Array.isArray(value) ? `${Number(key) + 1}` : key, depth + 1, facts);
    }
  } else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    facts.push({ path, name, depth, value });
  }
}

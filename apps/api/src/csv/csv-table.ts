import { type Page } from '@closewatch/protocol';
import { csvLine, type CsvValue } from './csv-cell.ts';

/** A column: its heading with the unit (`age_at_least_seconds`), and the value of a row. */
export type CsvColumns<Row> = Readonly<Record<string, (row: Row) => CsvValue>>;

/** How the answer of a route is written as CSV. Made by {@link csvOf} and {@link csvOfPage}. */
export interface CsvTable<Body> {
  /** What the file is called by, `connections`. */
  readonly name: string;
  /** The query parameter that stands for now where it is not given, so that all pages of a list show one instant. */
  readonly pinned: string | undefined;
  /** The first line; an answer may bring columns of its own. */
  readonly header: (body: Body) => string;
  /** The lines of one answer. */
  readonly lines: (body: Body) => Iterable<string>;
  /** Where to read on; null: that was all. */
  readonly nextCursor: (body: Body) => string | null;
}

/** A table of an answer that comes whole: `rows` takes it apart. */
export function csvOf<Body, Row>(
  name: string,
  columns: CsvColumns<Row>,
  rows: (body: Body) => Iterable<Row>,
): CsvTable<Body> {
  return { ...linesOf(columns, rows), name, pinned: undefined, nextCursor: () => null };
}

/**
 * A table of a list: its pages are read one after the other.
 *
 * @example
 * const hostsCsv = csvOfPage<Host>('hosts', { id: ({ id }) => id, close_wait: ({ closeWait }) => closeWait.count });
 */
export function csvOfPage<Row>(
  name: string,
  columns: CsvColumns<Row>,
  options: { readonly pinned?: string } = {},
): CsvTable<Page<Row>> {
  return {
    ...linesOf(columns, ({ items }: Page<Row>) => items),
    name,
    pinned: options.pinned,
    nextCursor: ({ nextCursor }) => nextCursor,
  };
}

function linesOf<Body, Row>(columns: CsvColumns<Row>, rows: (body: Body) => Iterable<Row>) {
  const valuesOf = Object.values(columns);
  return {
    header: () => csvLine(Object.keys(columns)),
    *lines(body: Body): Iterable<string> {
      for (const row of rows(body)) yield csvLine(valuesOf.map((valueOf) => valueOf(row)));
    },
  };
}

/** Several texts in one cell. */
export function joined(texts: Iterable<string | number | undefined>): string {
  return [...new Set(texts)].filter((text) => text !== undefined && text !== '').join('; ');
}

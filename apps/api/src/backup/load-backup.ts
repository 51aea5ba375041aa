import type pg from 'pg';
import { BackupError } from './backup-error.ts';
import { type BackedUpTable, type Header } from './backup-format.ts';
import { BackupReader, type Section } from './backup-reader.ts';
import { listTables } from './catalogue.queries.ts';
import { type Progress } from './progress.ts';
import { restoreRows } from './restored-tables.queries.ts';

/** Reads a backup from end to end, every checksum, without a database. Throws {@link BackupError}. */
export async function checkBackup(file: string, progress: Progress): Promise<Header> {
  const reader = await BackupReader.open(file);
  try {
    let rows = 0;
    for await (const section of reader.sections()) rows += await drain(section, progress);
    const { closewatch, takenAt, server, tables } = reader.header;
    progress.done(
      `${file} is whole: ${takenAt}, Closewatch ${closewatch}, PostgreSQL ${server}, ${rows} rows of ${tables.length} tables`,
    );
    return reader.header;
  } finally {
    await reader.close();
  }
}

/**
 * Copies what a backup has into the tables on the connection's search path, a transaction each. Returns the token of the
 * agents, if it has one. Throws {@link BackupError}.
 */
export async function loadBackup(
  sql: pg.Client,
  file: string,
  progress: Progress,
  signal: AbortSignal,
): Promise<string | undefined> {
  const reader = await BackupReader.open(file);
  try {
    const there = new Map((await listTables(sql)).map((table) => [table.name, table]));
    const skipped = new Set<string>();
    for await (const section of reader.sections()) {
      signal.throwIfAborted();
      const table = reader.header.tables.find(({ name }) => name === section.table);
      const target = there.get(section.table);
      if (table === undefined || target === undefined) {
        skipped.add(section.table);
        await drain(section, progress);
        continue;
      }
      expectSameColumns(file, table, target);
      await loadSection(sql, file, table, section, progress, signal);
    }
    if (skipped.size > 0) progress.say(`not Closewatch's, and left out: ${[...skipped].join(', ')}`);
    return reader.files[0]?.content;
  } finally {
    await reader.close();
  }
}

async function loadSection(
  sql: pg.Client,
  file: string,
  table: BackedUpTable,
  section: Section,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const partition = table.partitions?.find(({ name }) => name === section.partition) ?? null;
  if ((partition === null) !== (section.partition === null)) {
    throw new BackupError(`${file} is damaged: ${section.table} has no partition ${section.partition ?? 'at all'}.`);
  }
  const name = section.partition ?? section.table;
  const told = { rows: 0, bytes: 0 };
  const rows = async function* (): AsyncGenerator<Buffer> {
    const source = section.rows();
    let piece = await source.next();
    for (; piece.done !== true; piece = await source.next()) {
      told.bytes += piece.value.length;
      yield piece.value;
    }
    told.rows = piece.value;
  };
  const restored = await restoreRows(sql, table, partition, rows, signal);
  if (restored !== told.rows) {
    throw new BackupError(`Of the ${told.rows} rows of ${name} in ${file} ${restored} were restored.`);
  }
  progress.add(name, told.bytes);
}

/** COPY's binary format does not forgive a column of another type. */
function expectSameColumns(file: string, from: BackedUpTable, to: BackedUpTable): void {
  const wrong = from.columns.find(({ name, type }) => to.columns.find((column) => column.name === name)?.type !== type);
  const mismatch = wrong === undefined ? undefined : `${from.name}.${wrong.name} (${wrong.type})`;
  if (mismatch === undefined && (from.partitions === null) === (to.partitions === null)) return;
  throw new BackupError(
    `${file} has ${mismatch ?? `a table ${from.name} that is cut into parts differently`}, which this Closewatch does not have ` +
      'at that version of the schema. Restore it with the version that wrote it.',
  );
}

async function drain(section: Section, progress: Progress): Promise<number> {
  const source = section.rows();
  let bytes = 0;
  let piece = await source.next();
  for (; piece.done !== true; piece = await source.next()) bytes += piece.value.length;
  progress.add(section.partition ?? section.table, bytes);
  return piece.value;
}

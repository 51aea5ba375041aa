import { z } from 'zod';

/*
 * A backup is a file of gzip, a member for each section (docs/adr/0028). In it: a line "closewatch-backup FORMAT", a line of JSON (the header), then
 * frames: one byte that says of what kind, four bytes of length (big-endian), so many bytes.
 *
 *   F   a file of the data folder, JSON
 *   S   a section begins, JSON: a table, or one of its partitions
 *   D   rows of it, as COPY (FORMAT binary) writes them, in pieces
 *   E   the section ends, JSON: how many rows and bytes, and their SHA-256
 *   Z   the backup ends, JSON: how many sections, and the SHA-256 of the header and of what F, S and E said
 */
export const MAGIC = 'closewatch-backup';
export const FORMAT = 1;

export const FILE = 'F';
export const SECTION = 'S';
export const DATA = 'D';
export const SECTION_END = 'E';
export const END = 'Z';

export const FRAME_HEADER_BYTES = 5;
/** No frame is longer; data is cut into pieces of this. */
export const LONGEST_FRAME_BYTES = 1024 * 1024;
/** Room for years of partitions. */
export const LONGEST_LINE_BYTES = 32 * 1024 * 1024;

/** Names go into statements. */
const Name = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/);
const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** An instant as PostgreSQL writes it where the time zone is UTC. */
const Bound = z.string().regex(/^\d{4,6}-\d\d-\d\d \d\d:\d\d:\d\d\+00$/);
const Count = z.int().nonnegative();

const PartitionSchema = z.object({ name: Name, from: Bound, to: Bound });
const TableSchema = z.object({
  name: Name,
  /** In the order of the data. */
  columns: z.array(z.object({ name: Name, type: z.string() })),
  /** Null where the table is not partitioned. */
  partitions: z.array(PartitionSchema).nullable(),
});

export const HeaderSchema = z.object({
  /** Version of the Closewatch that wrote it. */
  closewatch: z.string(),
  takenAt: z.iso.datetime(),
  /** Version of the PostgreSQL that it is from. */
  server: z.string(),
  /** Names of the migrations that the schema has seen, in their order. */
  migrations: z.array(z.string()).min(1),
  tables: z.array(TableSchema),
  sequences: z.array(z.object({ name: Name, lastValue: z.string().regex(/^-?\d{1,19}$/), isCalled: z.boolean() })),
});
export const FileSchema = z.object({ name: z.enum(['agent-token']), content: z.string().max(4096) });
export const SectionSchema = z.object({ table: Name, partition: Name.nullable() });
export const SectionEndSchema = z.object({ rows: Count, bytes: Count, sha256: Sha256 });
export const EndSchema = z.object({ sections: Count, rows: Count, sha256: Sha256 });

export type Header = z.infer<typeof HeaderSchema>;
export type BackedUpTable = z.infer<typeof TableSchema>;
export type BackedUpPartition = z.infer<typeof PartitionSchema>;
export type BackedUpFile = z.infer<typeof FileSchema>;
export type SectionStart = z.infer<typeof SectionSchema>;
export type SectionEnd = z.infer<typeof SectionEndSchema>;

import { createHash } from 'node:crypto';
import {
  type BackedUpFile,
  DATA,
  END,
  FILE,
  FORMAT,
  FRAME_HEADER_BYTES,
  type Header,
  LONGEST_FRAME_BYTES,
  MAGIC,
  SECTION,
  SECTION_END,
  type SectionStart,
} from './backup-format.ts';

/** One table or partition, and how its rows are had. */
export interface SectionSource extends SectionStart {
  /** Yields COPY's binary format in pieces, returns how many rows. */
  readonly read: () => AsyncGenerator<Buffer, number>;
  /** Called before anything of the section is written. */
  readonly begin: () => Promise<void>;
  /** Called with how many bytes it had. */
  readonly end: (bytes: number) => void;
}

/** The bytes of a backup before compression (backup-format.ts), piece by piece. Returns how many rows they are. */
export async function* backupStream(
  header: Header,
  files: readonly BackedUpFile[],
  sections: readonly SectionSource[],
): AsyncGenerator<Buffer, number> {
  const total = createHash('sha256');
  const told = (kind: string, content: object): Buffer => {
    const text = Buffer.from(JSON.stringify(content));
    total.update(text);
    return frame(kind, text);
  };
  const headerText = JSON.stringify(header);
  total.update(headerText);
  yield Buffer.from(`${MAGIC} ${FORMAT}\n${headerText}\n`);
  for (const file of files) yield told(FILE, file);
  let rows = 0;
  for (const { table, partition, read, begin, end } of sections) {
    await begin();
    yield told(SECTION, { table, partition });
    const hash = createHash('sha256');
    let bytes = 0;
    const data = read();
    let piece = await data.next();
    for (; piece.done !== true; piece = await data.next()) {
      hash.update(piece.value);
      bytes += piece.value.length;
      yield* dataFrames(piece.value);
    }
    yield told(SECTION_END, { rows: piece.value, bytes, sha256: hash.digest('hex') });
    rows += piece.value;
    end(bytes);
  }
  yield frame(END, Buffer.from(JSON.stringify({ sections: sections.length, rows, sha256: total.digest('hex') })));
  return rows;
}

function* dataFrames(data: Buffer): Generator<Buffer> {
  for (let from = 0; from < data.length; from += LONGEST_FRAME_BYTES) {
    yield frame(DATA, data.subarray(from, from + LONGEST_FRAME_BYTES));
  }
}

function frame(kind: string, content: Buffer): Buffer {
  const bytes = Buffer.allocUnsafe(FRAME_HEADER_BYTES + content.length);
  bytes.write(kind, 0, 1, 'latin1');
  bytes.writeUInt32BE(content.length, 1);
  content.copy(bytes, FRAME_HEADER_BYTES);
  return bytes;
}

import { createHash, type Hash } from 'node:crypto';
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
  /** Called with how many bytes it had. */
  readonly end: (bytes: number) => void;
}

/** The bytes of one backup before compression (backup-format.ts), piece by piece: head, then each section, then end. */
export class BackupWriter {
  rows = 0;
  private sections = 0;
  private readonly total: Hash = createHash('sha256');

  *head(header: Header, files: readonly BackedUpFile[]): Generator<Buffer> {
    const text = JSON.stringify(header);
    this.total.update(text);
    yield Buffer.from(`${MAGIC} ${FORMAT}\n${text}\n`);
    for (const file of files) yield this.told(FILE, file);
  }

  async *section({ table, partition, read, end }: SectionSource): AsyncGenerator<Buffer> {
    yield this.told(SECTION, { table, partition });
    const hash = createHash('sha256');
    const data = read();
    let bytes = 0;
    let piece = await data.next();
    for (; piece.done !== true; piece = await data.next()) {
      hash.update(piece.value);
      bytes += piece.value.length;
      yield* dataFrames(piece.value);
    }
    yield this.told(SECTION_END, { rows: piece.value, bytes, sha256: hash.digest('hex') });
    this.rows += piece.value;
    this.sections++;
    end(bytes);
  }

  *end(): Generator<Buffer> {
    const { sections, rows, total } = this;
    yield frame(END, Buffer.from(JSON.stringify({ sections, rows, sha256: total.digest('hex') })));
  }

  private told(kind: string, content: object): Buffer {
    const text = Buffer.from(JSON.stringify(content));
    this.total.update(text);
    return frame(kind, text);
  }
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

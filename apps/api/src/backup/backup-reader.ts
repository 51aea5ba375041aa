import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { type z } from 'zod';
import { coerceError, errorCode } from '../errors/coerce-error.ts';
import { BackupError } from './backup-error.ts';
import {
  type BackedUpFile,
  DATA,
  END,
  EndSchema,
  FILE,
  FileSchema,
  FORMAT,
  FRAME_HEADER_BYTES,
  type Header,
  HeaderSchema,
  LONGEST_FRAME_BYTES,
  LONGEST_LINE_BYTES,
  MAGIC,
  SECTION,
  SECTION_END,
  SectionEndSchema,
  SectionSchema,
  type SectionStart,
} from './backup-format.ts';
import { ByteReader } from './byte-reader.ts';

const READ_BYTES = 256 * 1024;

/** One table or partition in a backup. Its rows must be read to their end before the next section is asked for. */
export interface Section extends SectionStart {
  /** COPY's binary format, in pieces; throws at the end when it is not what was written. Returns how many rows. */
  rows(): AsyncGenerator<Buffer, number>;
}

/** Reads a backup from its beginning to its end, once. All errors are {@link BackupError}s that name the file. */
export class BackupReader {
  readonly files: BackedUpFile[] = [];
  private readonly total: Hash = createHash('sha256');

  private constructor(
    private readonly file: string,
    readonly close: () => Promise<void>,
    private readonly bytes: ByteReader,
    readonly header: Header,
    headerText: string,
  ) {
    this.total.update(headerText);
  }

  /** Opens the file (a regular one) and reads its header. */
  static async open(file: string): Promise<BackupReader> {
    const handle = await openRegular(file);
    try {
      const gunzip = createGunzip({ chunkSize: READ_BYTES });
      const source = handle.createReadStream({ highWaterMark: READ_BYTES, autoClose: false });
      source.on('error', (error) => gunzip.destroy(error));
      // Whoever reads is told; when nobody does any more, nobody need be.
      gunzip.on('error', () => undefined);
      const bytes = new ByteReader(source.pipe(gunzip) as AsyncIterable<Buffer>);
      const magic = await reading(file, () => bytes.line(MAGIC.length + 12));
      const [word, version] = magic?.split(' ') ?? [];
      if (word !== MAGIC) throw new BackupError(`${file} is not a backup of Closewatch.`);
      if (version !== String(FORMAT)) {
        throw new BackupError(
          `${file} has format ${version}; this Closewatch reads format ${FORMAT}. ` +
            'Restore it with the version of Closewatch that wrote it, or a newer one.',
        );
      }
      const text = await reading(file, () => bytes.line(LONGEST_LINE_BYTES));
      const close = async (): Promise<void> => {
        gunzip.destroy();
        source.destroy();
        await handle.close();
      };
      return new BackupReader(file, close, bytes, parsed(file, HeaderSchema, text), text ?? '');
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Each section in turn. Ends without an error only after a whole and undamaged backup. */
  async *sections(): AsyncGenerator<Section> {
    let count = 0;
    let rows = 0;
    for (;;) {
      const { kind, content } = await this.frame();
      if (kind === FILE) {
        this.total.update(content);
        this.files.push(parsed(this.file, FileSchema, content));
      } else if (kind === SECTION) {
        this.total.update(content);
        let counted: number | undefined;
        const section = parsed(this.file, SectionSchema, content);
        const data = this.data();
        yield {
          ...section,
          rows: async function* () {
            counted = yield* data;
            return counted;
          },
        };
        if (counted === undefined) throw new Error(`The rows of ${section.table} were not read to their end.`);
        rows += counted;
        count++;
      } else if (kind === END) {
        const end = parsed(this.file, EndSchema, content);
        const whole = end.sections === count && end.rows === rows && end.sha256 === this.total.digest('hex');
        if (!whole) throw damaged(this.file, 'its checksum is wrong');
        if (!(await reading(this.file, () => this.bytes.atEnd()))) throw damaged(this.file, 'it goes on after its end');
        return;
      } else {
        throw damaged(this.file, `something of kind ${JSON.stringify(kind)} stands where it cannot`);
      }
    }
  }

  private async *data(): AsyncGenerator<Buffer, number> {
    const hash = createHash('sha256');
    let bytes = 0;
    for (;;) {
      const { kind, content } = await this.frame();
      if (kind === DATA) {
        hash.update(content);
        bytes += content.length;
        yield content;
        continue;
      }
      if (kind !== SECTION_END) throw damaged(this.file, 'a table has no end');
      const end = parsed(this.file, SectionEndSchema, content);
      if (end.bytes !== bytes || end.sha256 !== hash.digest('hex')) throw damaged(this.file, 'a checksum is wrong');
      this.total.update(content);
      return end.rows;
    }
  }

  private async frame(): Promise<{ kind: string; content: Buffer }> {
    const { file, bytes } = this;
    const head = await reading(file, () => bytes.take(FRAME_HEADER_BYTES));
    if (head === undefined) throw cutOff(file);
    const length = head.readUInt32BE(1);
    if (length > LONGEST_FRAME_BYTES) throw damaged(file, `a piece of ${length} bytes`);
    const content = await reading(file, () => bytes.take(length));
    if (content === undefined) throw cutOff(file);
    return { kind: head.toString('latin1', 0, 1), content };
  }
}

async function openRegular(file: string): Promise<FileHandle> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    const reason = errorCode(error) === 'ENOENT' ? 'there is no such file' : coerceError(error).message;
    throw new BackupError(`${file} cannot be read: ${reason}.`, { cause: error });
  }
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new BackupError(`${file} is not a regular file. A backup is read twice, so save it to a file first.`);
}

/** Errors of the file system and of gzip, told as what is wrong with the backup. */
async function reading<Result>(file: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    const code = errorCode(error);
    const { message } = coerceError(error);
    if (code === 'Z_BUF_ERROR') throw cutOff(file, { cause: error });
    if (message === 'incorrect header check') {
      throw new BackupError(`${file} is not a backup of Closewatch: it is not compressed by gzip.`, { cause: error });
    }
    if (code?.startsWith('Z_') === true) throw damaged(file, message, { cause: error });
    throw new BackupError(`${file} cannot be read: ${message}.`, { cause: error });
  }
}

function parsed<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  text: string | Buffer | undefined,
): z.infer<Schema> {
  if (text === undefined) throw cutOff(file);
  try {
    return schema.parse(JSON.parse(text.toString()));
  } catch (error) {
    throw damaged(file, 'what it says of itself makes no sense', { cause: error });
  }
}

function cutOff(file: string, options?: ErrorOptions): BackupError {
  return new BackupError(`${file} ends too early: it was cut off. Take another backup.`, options);
}

function damaged(file: string, what: string, options?: ErrorOptions): BackupError {
  return new BackupError(`${file} is damaged: ${what}. Take another backup.`, options);
}

import { open, rm, type FileHandle } from 'node:fs/promises';
import { FILE_HEADER } from './outbox-record.ts';

/** One file of the outbox, and what is known of its contents. */
export interface Segment {
  readonly path: string;
  /** The later, the higher. */
  readonly number: number;
  bytes: number;
  /** Snapshots in it that are not dealt with. */
  waiting: number;
  /** When the first and the last of them were taken, milliseconds since 1970. */
  fromMs: number;
  toMs: number;
}

/** Appends to a segment of its own, made for it. What a write that failed left behind is cut off again. */
export class SegmentWriter {
  readonly segment: Segment;
  readonly #file: FileHandle;

  private constructor(segment: Segment, file: FileHandle) {
    this.segment = segment;
    this.#file = file;
  }

  /** Readable by its owner alone: it holds command lines and addresses. Rejects as open(2) and write(2) do. */
  static async create(path: string, number: number): Promise<SegmentWriter> {
    const file = await open(path, 'wx', 0o600);
    const writer = new SegmentWriter({ path, number, bytes: 0, waiting: 0, fromMs: Infinity, toMs: -Infinity }, file);
    try {
      await writer.append(FILE_HEADER);
    } catch (error) {
      await writer.close();
      await rm(path, { force: true });
      throw error;
    }
    return writer;
  }

  async append(bytes: Uint8Array): Promise<void> {
    const { segment } = this;
    try {
      let written = 0;
      while (written < bytes.length) {
        const position = segment.bytes + written;
        written += (await this.#file.write(bytes, written, bytes.length - written, position)).bytesWritten;
      }
      segment.bytes += bytes.length;
    } catch (error) {
      // A full disk gives back room, too; where even that fails the reader skips what is torn.
      await this.#file.truncate(segment.bytes).catch(() => undefined);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

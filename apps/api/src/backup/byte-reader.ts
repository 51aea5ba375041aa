/** Takes a stream of chunks apart into lines and lengths. Holds no more than a chunk beyond what is asked for. */
export class ByteReader {
  private readonly chunks: AsyncIterator<Buffer>;
  private held: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.chunks = source[Symbol.asyncIterator]();
  }

  /** So many bytes; undefined when the stream ends before the last of them. */
  async take(length: number): Promise<Buffer | undefined> {
    const parts: Buffer[] = [];
    for (let missing = length; missing > 0;) {
      if (this.held.length === 0 && !(await this.more())) return undefined;
      const part = this.held.subarray(0, missing);
      this.held = this.held.subarray(part.length);
      missing -= part.length;
      parts.push(part);
    }
    return parts.length === 1 ? parts[0] : Buffer.concat(parts);
  }

  /** Text up to a line end, which is not part of it; undefined when none comes within so many bytes. */
  async line(longest: number): Promise<string | undefined> {
    const parts: Buffer[] = [];
    for (let length = 0; length <= longest;) {
      if (this.held.length === 0 && !(await this.more())) return undefined;
      const end = this.held.indexOf(0x0a);
      const part = end === -1 ? this.held : this.held.subarray(0, end);
      this.held = this.held.subarray(end === -1 ? part.length : end + 1);
      parts.push(part);
      length += part.length;
      if (end !== -1) return Buffer.concat(parts).toString('utf8');
    }
    return undefined;
  }

  /** Whether nothing is left. */
  async atEnd(): Promise<boolean> {
    while (this.held.length === 0) if (!(await this.more())) return true;
    return false;
  }

  private async more(): Promise<boolean> {
    const next = await this.chunks.next();
    if (next.done === true) return false;
    this.held = next.value;
    return true;
  }
}

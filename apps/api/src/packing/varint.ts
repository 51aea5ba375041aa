/** Whole numbers in as few bytes as they need, seven bits in each (LEB128); signed ones zigzag: 0, -1, 1, -2 ... */
export class VarintWriter {
  private buffer = new Uint8Array(4_096);
  private length = 0;

  /** `value` from 0 to 2^53. */
  unsigned(value: number): void {
    if (this.length + 8 > this.buffer.length) this.grow();
    let rest = value;
    // Above 2^31 the operators on bits no longer serve.
    while (rest >= 0x80) {
      this.buffer[this.length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.buffer[this.length++] = rest;
  }

  /** `value` from -(2^52) to 2^52. */
  signed(value: number): void {
    this.unsigned(value < 0 ? -value * 2 - 1 : value * 2);
  }

  bytes(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  private grow(): void {
    const larger = new Uint8Array(this.buffer.length * 2);
    larger.set(this.buffer);
    this.buffer = larger;
  }
}

/** Reads what {@link VarintWriter} wrote. Throws RangeError at the end, and for a number of more than 53 bits. */
export class VarintReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get atEnd(): boolean {
    return this.at === this.bytes.length;
  }

  unsigned(): number {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 49; scale *= 0x80) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw new RangeError('The numbers end too early.');
      if (byte < 0x80) return value + byte * scale;
      value += (byte & 0x7f) * scale;
    }
    throw new RangeError('A number has more than 53 bits.');
  }

  signed(): number {
    const value = this.unsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}

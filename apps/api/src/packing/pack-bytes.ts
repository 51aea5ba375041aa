/** The longest number that {@link PackWriter} writes, in bytes: 2^53 - 1 in groups of seven bits. */
const NUMBER_BYTES = 8;
/** Numbers of more bits are not written side by side: with what is left of a byte they would not fit into 32 bits. */
export const WIDEST_BITS = 24;
/** Zeros at the end, so that the last number too can be read with four bytes at once. */
const END_BYTES = 3;

/** Writes whole numbers in few bytes. */
export class PackWriter {
  private buffer = new Uint8Array(8_192);
  private length = 0;

  /** `value` from 0 to 2^53 - 1, seven bits in each byte (LEB128). */
  unsigned(value: number): void {
    this.reserve(NUMBER_BYTES);
    let rest = value;
    // Above 2^31 the operators on bits no longer serve.
    while (rest >= 0x80) {
      this.buffer[this.length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.buffer[this.length++] = rest;
  }

  /** `value` from -(2^52) to 2^52 - 1, zigzag: 0, -1, 1, -2 ... */
  signed(value: number): void {
    this.unsigned(value < 0 ? -value * 2 - 1 : value * 2);
  }

  /** What `values` from `start` to `end` are above `least`, `width` bits each, up to {@link WIDEST_BITS}, to whole bytes. */
  bits(values: Float64Array, start: number, end: number, least: number, width: number): void {
    this.reserve(Math.ceil(((end - start) * width) / 8));
    let pending = 0;
    let bits = 0;
    for (let index = start; index < end; index++) {
      pending |= ((values[index] ?? 0) - least) << bits;
      for (bits += width; bits >= 8; bits -= 8) {
        this.buffer[this.length++] = pending;
        pending >>>= 8;
      }
    }
    if (bits > 0) this.buffer[this.length++] = pending;
  }

  /** Any number, eight bytes. */
  double(value: number): void {
    this.reserve(8);
    new DataView(this.buffer.buffer).setFloat64(this.length, value);
    this.length += 8;
  }

  /** All that was written. */
  bytes(): Uint8Array {
    this.reserve(END_BYTES);
    return this.buffer.subarray(0, this.length + END_BYTES);
  }

  private reserve(bytes: number): void {
    const needed = this.length + bytes;
    if (needed <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(needed, this.buffer.length * 2));
    larger.set(this.buffer);
    this.buffer = larger;
  }
}

/** Reads what {@link PackWriter} wrote. Throws RangeError at the end, and for a number of more than 53 bits. */
export class PackReader {
  private readonly view: DataView;
  private readonly end: number;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.end = bytes.length - END_BYTES;
  }

  get atEnd(): boolean {
    return this.at === this.end;
  }

  unsigned(): number {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 49; scale *= 0x80) {
      if (this.at >= this.end) throw new RangeError('The numbers end too early.');
      const byte = this.view.getUint8(this.at++);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80 && value <= Number.MAX_SAFE_INTEGER) return value;
    }
    throw new RangeError('A number has more than 53 bits.');
  }

  signed(): number {
    const value = this.unsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  double(): number {
    if (this.at + 8 > this.end) throw new RangeError('The numbers end too early.');
    this.at += 8;
    return this.view.getFloat64(this.at - 8);
  }

  /** Numbers as {@link PackWriter.bits} wrote them, put into `values` from `start` to `end`. */
  bits(values: Float64Array, start: number, end: number, least: number, width: number): void {
    const { view } = this;
    let bit = this.at * 8;
    this.at += Math.ceil(((end - start) * width) / 8);
    if (this.at > this.end) throw new RangeError('The numbers end too early.');
    const mask = (1 << width) - 1;
    for (let index = start; index < end; index++) {
      values[index] = least + ((view.getUint32(bit >>> 3, true) >>> (bit & 7)) & mask);
      bit += width;
    }
  }
}

import { type Random } from './random.ts';

/** Longest input: what matters shows in short ones, and they are many more a second. */
const LONGEST = 8_192;
const MOST_CHANGES = 4;

const NUMBERS = [
  '0',
  '-1',
  '1',
  '255',
  '65535',
  '65536',
  '4294967295',
  '4294967296',
  '9007199254740993',
  '1e309',
  'NaN',
  '',
  '0x10',
  '007',
  '9'.repeat(40),
  '9'.repeat(400),
];
const SEPARATORS = [
  '\n',
  '\r\n',
  ' ',
  '\t',
  ':',
  '(',
  ')',
  '"',
  ',',
  '\0',
  '\ufeff',
  '\u2028',
  '\\040',
  '%',
  '::',
  '/',
];

type Change = (bytes: Buffer, random: Random, samples: readonly Buffer[]) => Buffer;

const flipBit: Change = (bytes, random) => {
  const copy = Buffer.from(bytes);
  if (copy.length > 0) copy[random.below(copy.length)]! ^= 1 << random.below(8);
  return copy;
};
const setByte: Change = (bytes, random) => {
  const copy = Buffer.from(bytes);
  if (copy.length > 0)
    copy[random.below(copy.length)] = random.pick([0, 1, 0x0a, 0x20, 0x30, 0x39, 0x7f, 0x80, 0xc3, 0xff]);
  return copy;
};
const setNumber: Change = (bytes, random) => {
  const copy = Buffer.from(bytes);
  if (copy.length >= 4)
    copy.writeUInt32LE(random.pick([0, 1, 4, 0x7fff_ffff, 0xffff_ffff, random.word()]), random.below(copy.length - 3));
  return copy;
};
const truncate: Change = (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1));
const behead: Change = (bytes, random) => bytes.subarray(random.below(bytes.length + 1));
const remove: Change = (bytes, random) => {
  const [start, end] = stretch(bytes, random);
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
};
const repeat: Change = (bytes, random) => {
  const [start, end] = stretch(bytes, random);
  return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
};
const splice: Change = (bytes, random, samples) => {
  const other = random.pick(samples);
  const [start, end] = stretch(other, random);
  const at = random.below(bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, at), other.subarray(start, end), bytes.subarray(at)]);
};
const insert: Change = (bytes, random) => {
  const at = random.below(bytes.length + 1);
  const text = random.pick([random.pick(NUMBERS), random.pick(SEPARATORS)]);
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(text), bytes.subarray(at)]);
};
/** Puts another word, or a number of note, in the place of one. */
const swapToken: Change = (bytes, random, samples) => {
  const text = bytes.toString('latin1');
  const words = text.split(/([\s:,()"/]+)/);
  const others = random
    .pick(samples)
    .toString('latin1')
    .split(/[\s:,()"/]+/);
  words[2 * random.below(Math.ceil(words.length / 2))] =
    random.below(3) === 0 ? random.pick(NUMBERS) : random.pick(others);
  return Buffer.from(words.join(''), 'latin1');
};
const swapLines: Change = (bytes, random) => {
  const lines = bytes.toString('latin1').split('\n');
  const [a, b] = [random.below(lines.length), random.below(lines.length)];
  [lines[a], lines[b]] = [lines[b] ?? '', lines[a] ?? ''];
  return Buffer.from(lines.join('\n'), 'latin1');
};

const CHANGES: readonly Change[] = [
  flipBit,
  flipBit,
  setByte,
  setNumber,
  truncate,
  behead,
  remove,
  repeat,
  splice,
  insert,
  swapToken,
  swapToken,
  swapLines,
];

/** One input: mostly a sample with a few changes, sometimes noise, seldom a sample as it is. */
export function makeInput(random: Random, samples: readonly Buffer[]): Buffer {
  const kind = random.below(20);
  if (kind === 0) return noise(random);
  let bytes = excerptOf(random.pick(samples), random);
  if (kind === 1) return bytes;
  for (let changes = 1 + random.below(MOST_CHANGES); changes > 0; changes--)
    bytes = random.pick(CHANGES)(bytes, random, samples);
  return bytes.subarray(0, LONGEST);
}

/** A long sample, cut: its first lines, for headings matter, and some of the others. */
function excerptOf(sample: Buffer, random: Random): Buffer {
  if (sample.length <= 2_048) return sample;
  const headEnd = sample.indexOf(0x0a, sample.indexOf(0x0a) + 1) + 1;
  if (headEnd === 0 || headEnd > 1_024) return sample.subarray(0, 1 + random.below(LONGEST));
  const from = sample.indexOf(0x0a, headEnd + random.below(sample.length - headEnd)) + 1;
  const end = sample.indexOf(0x0a, Math.min(sample.length - 1, from + random.below(2_048))) + 1;
  return Buffer.concat([sample.subarray(0, headEnd), sample.subarray(from, Math.max(from, end))]);
}

function noise(random: Random): Buffer {
  const bytes = Buffer.alloc(random.below(512));
  const printable = random.below(2) === 0;
  for (let i = 0; i < bytes.length; i++) bytes[i] = printable ? 0x20 + random.below(95) : random.below(256);
  return bytes;
}

function stretch(bytes: Buffer, random: Random): [start: number, end: number] {
  const start = random.below(bytes.length + 1);
  return [start, Math.min(bytes.length, start + random.below(256))];
}

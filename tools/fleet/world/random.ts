/**
 * Chance as a pure function of what it is for: the same key and number give the same value, whatever was asked before.
 * One block and the end of MurmurHash3 (x86, 32 bits).
 */
export function mix(key: number, number: number): number {
  let block = Math.imul(number, 0xcc9e2d51);
  block = Math.imul((block << 15) | (block >>> 17), 0x1b873593);
  let hash = key ^ block;
  hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) ^ 4;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** From 0, included, to 1. */
export function unit(key: number, number: number): number {
  return mix(key, number) / 2 ** 32;
}

/** From `least` to `most`, any number between. */
export function between(key: number, number: number, least: number, most: number): number {
  return least + unit(key, number) * (most - least);
}

/** A key for the thing of this name below another key. */
export function keyFor(key: number, name: string): number {
  let result = key;
  for (let i = 0; i < name.length; i++) result = mix(result, name.charCodeAt(i));
  return result;
}

/** One of them; the list must not be empty. */
export function pick<Item>(items: readonly Item[], key: number, number: number): Item {
  const item = items[mix(key, number) % items.length];
  if (item === undefined) throw new RangeError('There is nothing to pick from.');
  return item;
}

/** So many characters of 0 to 9 and a to f. */
export function hexOf(key: number, number: number, length: number): string {
  let text = '';
  for (let part = mix(key, number), i = 0; text.length < length; i++, part = mix(part, i)) {
    text += part.toString(16).padStart(8, '0');
  }
  return text.slice(0, length);
}

/** A UUID of version 4 (RFC 9562 section 5.4). */
export function uuidOf(key: number, number: number): string {
  const hex = hexOf(key, number, 32);
  const variant = '89ab'.charAt(parseInt(hex.charAt(16), 16) % 4);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** A whole number about `mean`, as rare events are counted: often 0 where the mean is small. */
export function few(mean: number, key: number, number: number): number {
  return Math.floor(-Math.log(1 - unit(key, number)) * mean + unit(key ^ 0x2545f491, number) * 0.5);
}

/** From -1 to 1, smooth: another value every `latticeMs`, with a gentle way between. */
export function noise(key: number, atMs: number, latticeMs: number): number {
  const place = atMs / latticeMs;
  const corner = Math.floor(place);
  const way = place - corner;
  const before = unit(key, corner);
  const after = unit(key, corner + 1);
  return 2 * (before + (after - before) * way * way * (3 - 2 * way)) - 1;
}

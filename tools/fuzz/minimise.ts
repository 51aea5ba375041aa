/** Tries that finding a smaller input may take. */
const MOST_TRIES = 3_000;

/** A small part of the input for which `fails` still holds: pieces are left out, large ones first. */
export function minimised(input: Buffer, fails: (input: Buffer) => boolean): Buffer {
  let smallest = input;
  let tries = 0;
  for (
    let size = Math.ceil(input.length / 2);
    size >= 1 && tries < MOST_TRIES;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let at = 0; at < smallest.length && tries < MOST_TRIES;) {
      const without = Buffer.concat([smallest.subarray(0, at), smallest.subarray(at + size)]);
      tries++;
      if (fails(without)) smallest = without;
      else at += size;
    }
  }
  return smallest;
}

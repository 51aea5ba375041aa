import { expect } from '@jest/globals';
import { type LiveAnswer } from '@closewatch/protocol';

/** The picture of an answer that must have one. */
export function pictureOf<Picture>(answer: LiveAnswer<Picture>): Picture {
  if (!answer.ok) throw new Error(`No picture: ${answer.error.message}`);
  return answer.picture;
}

/** Follows a chain of cursors; fails at a gap. */
export function expectChain(from: string, heard: readonly { cursor: string; previousCursor: string }[]): void {
  let cursor = from;
  for (const message of heard) {
    expect(message.previousCursor).toBe(cursor);
    cursor = message.cursor;
  }
}

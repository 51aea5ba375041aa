import { expect, it } from '@jest/globals';
import { giveBackLargeBlocks } from './small-malloc.ts';

it('lets glibc give large blocks back, and asks nothing of another C library', () => {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  expect(giveBackLargeBlocks()).toBe(header.glibcVersionRuntime !== undefined);
});

import { connection } from '../../testing/builders.ts';
import { heard } from '../live/host-watch.ts';
import { connectionRow } from './connection-rows.ts';
import { anchorShift } from './scroll-anchor.ts';

const rows = (...socketIds: string[]) =>
  heard(socketIds.map((socketId) => connection({ socketId }))).map(connectionRow);

describe('anchorShift', () => {
  it('is how far the row at the top edge has moved', () => {
    expect(anchorShift(rows('a', 'b', 'c'), rows('x', 'y', 'a', 'b', 'c'), 1)).toBe(2);
    expect(anchorShift(rows('a', 'b', 'c'), rows('b', 'c'), 1)).toBe(-1);
  });

  it('goes by the next row when the one at the top edge has closed', () => {
    expect(anchorShift(rows('a', 'b', 'c', 'd'), rows('x', 'a', 'c', 'd'), 1)).toBe(0);
  });

  it('is nothing when no row is left', () => {
    expect(anchorShift(rows('a', 'b'), rows(), 1)).toBe(0);
  });
});

import { describe, expect, it } from '@jest/globals';
import { type Sql } from '../database/data-source.ts';
import { buildOrphans } from '../testing/section-builder.ts';
import { HostMemory } from './host-memory.ts';

const AT = Date.parse('2026-10-01T12:00:00Z');

describe('HostMemory', () => {
  it('asks once what the orphans of a namespace were, however many namespaces have some', async () => {
    let asked = 0;
    const sql: Sql = {
      query: () => {
        asked++;
        return Promise.resolve([] as never);
      },
    };
    const memory = new HostMemory();
    for (const netns of [0, 7]) {
      const content = buildOrphans(2);
      memory.sections.remember({ hostId: 1, netns, kind: 'orphans', takenAt: new Date(AT), ofThisRun: true, content });
    }
    for (let look = 0; look < 3; look++) {
      for (const netns of [0, 7]) {
        const groups = await memory.orphans(sql, 1, netns, AT);
        expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(2);
      }
    }
    expect(asked).toBe(2);
  });
});

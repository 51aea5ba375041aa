import { describe, expect, it } from '@jest/globals';
import { RulesInForce } from '../rules/rules-in-force.ts';
import { buildEvidence, buildProcess } from '../testing/section-builder.ts';
import { type OrphanGroup, seeLeaks } from './seen-leak.ts';
import { sectionsThatStand, type ToldSections } from './told-sections.ts';
import { UseRules } from './use-rules.ts';

const AT = 1_800_000_000_000;
const MINUTE_MS = 60_000;

const process = buildProcess(7);
const descriptors = { used: 1_024, limit: 1_024 };
const toldAt = (takenAt: number): ToldSections => ({
  evidence: { takenAt, content: [buildEvidence(process, { descriptors })] },
  turnover: { takenAt, content: [] },
  processes: { takenAt, content: [] },
});

describe('sections that are older than a snapshot', () => {
  it.each([
    [5_000, 0.9, ['evidence', 'processes', 'turnover']],
    [5_000, 1, ['evidence', 'processes']],
    [5_000, 10, ['evidence', 'processes']],
    [5_000, 11, ['processes']],
    [5 * MINUTE_MS, 150, ['evidence', 'processes']],
    [5 * MINUTE_MS, 151, ['processes']],
  ])('taken each %i ms, by %d minutes: %j of them stand', (intervalMs, minutes, stand) => {
    const sections = sectionsThatStand(toldAt(AT - minutes * MINUTE_MS), { at: AT, intervalMs });
    expect(Object.keys(sections).sort()).toEqual(stand);
  });

  it('do not count as descriptors that were in use all the time since', () => {
    const use = new UseRules(0);
    const rules = RulesInForce.asShipped();
    const { executable } = process;
    const service = { executable, unit: null, containerId: null };
    const subject = {
      netns: 0,
      service,
      ownership: 'known',
      direction: null,
      endpoint: { address: null, port: 80 },
    } as const;
    const orphans: OrphanGroup = { subject, count: 3, old: 0, oldestAt: AT, held: new Map([[process.pid, 3]]) };
    const levels = (toldEach: (at: number) => number) =>
      Array.from({ length: 30 }, (_, step) => {
        const at = AT + step * 10_000;
        const { evidence } = toldAt(toldEach(at));
        const sections: ToldSections = evidence === undefined ? {} : { evidence };
        const leaks = seeLeaks(0, [], [orphans], sections, at);
        use.take(sections, leaks, { at, intervalMs: 10_000 }, rules);
        return [...use.detections(sections, leaks, at, rules)].map(({ detection: { level } }) => level);
      }).at(-1);
    expect(levels(() => AT)).toEqual(['none']);
    expect(levels((at) => at)).toEqual(['critical']);
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LEVELS, type Level, type Rule } from '../detectors/detection.ts';
import { BEGIN, IncidentStory } from '../testing/incident-story.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const story = (rule?: Rule): IncidentStory => new IncidentStory(rule);
const restart = (minutes: number) => ({ restartedAt: BEGIN + minutes * MINUTE });

describe('an incident', () => {
  it.each(['none', 'suspect'] as const)('is not opened by %s', (level) => {
    expect(story().during(0, 60, level).events).toEqual([]);
  });

  it('is opened by a warning, with when it began', () => {
    const { open, told, last } = story().at(0, 'warning');
    expect(told).toEqual(['opened 0']);
    expect(last).toMatchObject({ outcome: 'opened', previous: null });
    expect(open).toMatchObject({ severity: 'warning', beganAt: BEGIN - MINUTE, openedAt: BEGIN, rule: 'leak' });
  });

  it('escalates at once and eases after a while', () => {
    const { told } = story()
      .at(0, 'warning')
      .at(1, 'critical')
      .at(2, 'warning')
      .at(3, 'critical')
      .during(4, 12, 'warning');
    expect(told).toEqual(['opened 0', 'escalated 1', 'eased 9']);
  });

  it('clears after five quiet minutes and has recovered ten later', () => {
    const recovered = story().at(0, 'warning').during(1, 20, 'quiet');
    expect(recovered.told).toEqual(['opened 0', 'clearing 6', 'resolved 16']);
    expect(recovered.lastResolved?.resolvedAs).toBe('recovered');
  });

  it('stays open while it is a suspect: nobody has closed what leaked', () => {
    expect(story().at(0, 'warning').during(1, 600, 'suspect').open).not.toBeNull();
  });

  it('that comes back while it clears goes on', () => {
    const { told, open } = story().at(0, 'warning').during(1, 7, 'quiet').at(8, 'warning').during(9, 13, 'quiet');
    expect(told).toEqual(['opened 0', 'clearing 6', 'reopened 8']);
    expect(open?.clearingSince).toBeNull();
  });

  it('keeps its peak', () => {
    const { open } = story()
      .at(0, 'warning', { leaked: 10 })
      .at(1, 'warning', { leaked: 90 })
      .at(2, 'warning', { leaked: 30 });
    expect(open?.peak).toEqual({ figure: 'leaked', value: 90, at: BEGIN + MINUTE });
    expect(open?.figures.leaked).toBe(30);
  });

  it('is not written when only ages went on, nor for every figure', () => {
    const same = story().at(0, 'warning').at(1, 'warning');
    expect(same.last?.outcome).toBe('none');
    expect(same.at(1.1, 'warning', { leaked: 11 }).last?.outcome).toBe('changed');
    expect(same.at(1.2, 'warning', { leaked: 12 }).last?.outcome).toBe('none');
    expect(same.at(1.4, 'warning', { leaked: 13 }).last?.outcome).toBe('changed');
  });
});

describe('a silent host', () => {
  const silent = (minutes: number) => ({ hostSilentSince: BEGIN + minutes * MINUTE });

  it('makes incidents stale, never recovered, and fresh when it is heard again', () => {
    const { told, open } = story().at(0, 'warning').during(5, 500, null, silent(4)).at(501, 'warning');
    expect(told).toEqual(['opened 0', 'stale 5', 'fresh 501']);
    expect(open?.staleSince).toBeNull();
  });

  it('stops what clears: it has to be quiet anew', () => {
    const { told } = story()
      .at(0, 'warning')
      .during(1, 7, 'quiet')
      .during(8, 9, null, silent(7))
      .during(10, 30, 'quiet');
    expect(told).toEqual(['opened 0', 'clearing 6', 'stale 8', 'fresh 10', 'clearing 15', 'resolved 25']);
  });

  it('opens nothing but that it is silent', () => {
    expect(story().at(0, 'warning', silent(-5)).events).toEqual([]);
    const own = story('host_silent')
      .at(0, 'warning', silent(-5))
      .at(15, 'critical', silent(-5))
      .during(16, 40, 'quiet');
    expect(own.told).toEqual(['opened 0', 'escalated 15', 'eased 21', 'clearing 21', 'resolved 31']);
  });
});

describe('a host that is gone', () => {
  const WEEK = 7 * 24 * 60;
  const silent = (minutes: number) => ({ hostSilentSince: BEGIN + minutes * MINUTE });

  it('ends all that was wrong with it', () => {
    const leak = story()
      .at(0, 'warning')
      .at(2, null, silent(1))
      .at(WEEK, null, silent(1))
      .at(WEEK + 1, null, silent(1));
    expect(leak.told).toEqual(['opened 0', 'stale 2', `resolved ${WEEK + 1}`]);
    expect(leak.lastResolved).toMatchObject({ resolvedAs: 'host_gone', incident: { staleSince: null } });
    const gone = story('host_silent')
      .at(0, 'warning', silent(-1))
      .at(WEEK - 1, 'critical', silent(-1));
    expect(gone.told).toEqual(['opened 0', `resolved ${WEEK - 1}`]);
  });

  it('is told no more when somebody resolved that it is silent, until it has been heard again', () => {
    const told = story('host_silent').at(0, 'warning', silent(-1)).resolvedByHand(1);
    expect(told.during(2, 600, 'warning', silent(-1)).at(601, 'critical', silent(-1)).told).toEqual(['opened 0']);
    expect(told.at(700, 'warning', silent(650)).told).toEqual(['opened 0', 'opened 700']);
  });
});

describe('a restart', () => {
  it('resolves when what leaked is gone with it', () => {
    const restarted = story().at(0, 'warning').at(5, 'warning').at(6, 'quiet', restart(5.9));
    expect(restarted.told).toEqual(['opened 0', 'restart 6', 'resolved 6']);
    expect(restarted.lastResolved?.resolvedAs).toBe('restart');
  });

  it('resolves also when the agent tells of it later, or the program stayed away for a while', () => {
    expect(story().at(0, 'warning').during(5, 8, 'quiet').at(8.5, 'quiet', restart(8)).told).toEqual([
      'opened 0',
      'restart 8.5',
      'resolved 8.5',
    ]);
  });

  it('that changes nothing is told once and resolves nothing', () => {
    const { told, open } = story().at(0, 'warning').during(5, 30, 'warning', restart(5));
    expect(told).toEqual(['opened 0', 'restart 5']);
    expect(open).not.toBeNull();
  });

  it('long before it went quiet is not why it recovered', () => {
    const { lastResolved } = story()
      .at(0, 'warning')
      .during(5, 30, 'warning', restart(5))
      .during(31, 60, 'quiet', restart(5));
    expect(lastResolved?.resolvedAs).toBe('recovered');
  });

  it('before it was opened is no event of it, whenever it is known', () => {
    expect(story().during(0, 5, 'warning', restart(-4)).told).toEqual(['opened 0']);
    expect(story().at(0, 'warning', restart(-4)).during(1, 5, 'warning', restart(-2)).told).toEqual(['opened 0']);
  });

  it('that is dated a little later when clocks are measured anew is the same one', () => {
    const { told } = story()
      .at(0, 'warning')
      .at(5, 'warning', restart(4.9))
      .at(6, 'warning', restart(4.95))
      .at(8, 'warning', restart(7));
    expect(told).toEqual(['opened 0', 'restart 5', 'restart 8']);
  });
});

describe('what comes back', () => {
  const resolved = (): IncidentStory => story().at(0, 'warning').during(1, 16, 'quiet');

  it('soon is the same incident', () => {
    const again = resolved().at(40, 'critical');
    expect(again.told.slice(-1)).toEqual(['reopened 40']);
    expect(again.last).toMatchObject({ outcome: 'reopened', previous: { id: 'before' } });
    expect(again.open).toMatchObject({ severity: 'critical', openedAt: BEGIN, reopened: 1, quietSince: null });
  });

  it('later is another one, which names the one before', () => {
    const again = resolved().at(47, 'warning');
    expect(again.told.slice(-1)).toEqual(['opened 47']);
    expect(again.last).toMatchObject({ outcome: 'opened', previous: { id: 'before', resolvedAs: 'recovered' } });
    expect(again.open).toMatchObject({ openedAt: BEGIN + 47 * MINUTE, reopened: 0 });
  });

  it('again and again is one incident', () => {
    const flapping = story();
    for (let round = 0; round < 20; round++)
      flapping.at(round * 20, 'warning').during(round * 20 + 1, round * 20 + 17, 'quiet');
    expect(flapping.events.filter(({ kind }) => kind === 'opened')).toHaveLength(1);
    expect(flapping.lastResolved?.incident.reopened).toBe(19);
  });

  it('after somebody resolved it by hand is told only when it is worse, or goes on', () => {
    const byHand = (): IncidentStory => story().at(0, 'warning').resolvedByHand(1);
    expect(byHand().during(2, 31, 'warning').told).toEqual(['opened 0']);
    expect(byHand().during(2, 32, 'warning').told).toEqual(['opened 0', 'opened 31.5']);
    expect(byHand().at(2, 'warning').at(3, 'critical').told).toEqual(['opened 0', 'reopened 3']);
  });
});

describe('any story', () => {
  const steps = fc.array(
    fc.record({
      seconds: fc.integer({ min: 1, max: 600 }),
      level: fc.constantFrom<Level | 'quiet'>(...LEVELS, 'quiet'),
      silent: fc.boolean(),
      restarted: fc.boolean(),
    }),
    { maxLength: 80 },
  );

  it('has one open incident at most, opened before it is resolved, and told once when a step is repeated', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const told = story();
        let minutes = 0;
        let isOpen = false;
        for (const { seconds, level, silent, restarted } of all) {
          minutes += seconds / 60;
          const given = {
            hostSilentSince: silent ? BEGIN : null,
            restartedAt: restarted ? BEGIN + minutes * MINUTE - SECOND : null,
          };
          told.at(minutes, level, given);
          for (const { kind } of told.last?.events ?? []) {
            if (kind === 'opened') expect(isOpen).toBe(false);
            else if (kind !== 'reopened') expect(isOpen).toBe(true);
            if (kind === 'opened' || kind === 'reopened') isOpen = true;
            if (kind === 'resolved') isOpen = false;
          }
          expect(told.open !== null).toBe(isOpen);
          if (told.open !== null) expect(told.at(minutes, level, given).last?.events).toEqual([]);
        }
      }),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { type Rule } from '../detectors/detection.ts';
import { BEGIN, IncidentStory } from '../testing/incident-story.ts';

const MINUTE = 60_000;
const story = (rule?: Rule): IncidentStory => new IncidentStory(rule);

describe('figures of an incident', () => {
  const silent = (minutes: number) => ({ of: { silentMs: minutes * MINUTE } });

  it('go on when the only one is a time', () => {
    const { open } = story('host_silent').at(0, 'warning', silent(2)).during(1, 60, 'warning', silent(62));
    expect(open).toMatchObject({
      figures: { silentMs: 62 * MINUTE },
      peak: { figure: 'silentMs', value: 62 * MINUTE },
    });
    const skewed = story('clock_skew')
      .at(0, 'warning', { of: { skewMs: 9_000, offsetMs: -9_000 } })
      .at(1, 'warning', { of: { skewMs: 8_000, offsetMs: -8_000 } });
    expect(skewed.open).toMatchObject({ figures: { skewMs: 8_000, offsetMs: -8_000 }, peak: { value: 9_000 } });
  });

  it('of which a time leads are not written for each second', () => {
    const long = story('host_silent').at(0, 'warning', silent(100));
    expect(long.at(4, 'warning', silent(104)).last?.outcome).toBe('none');
    expect(long.at(6, 'warning', silent(106)).last?.outcome).toBe('changed');
  });

  it('of the moment of an escalation are the peak, with why it is critical', () => {
    const { open } = story().at(0, 'warning').at(1, 'critical', { leaked: 400 }).at(2, 'warning', { leaked: 30 });
    expect(open?.peak).toEqual({ figure: 'leaked', value: 400, at: BEGIN + MINUTE });
  });

  it('go with whatever is written, and the last ones with the resolution', () => {
    const { lastResolved } = story('host_silent')
      .at(0, 'warning', silent(100))
      .at(1, 'critical', silent(101))
      .during(2, 20, 'quiet', silent(0.1));
    expect(lastResolved?.incident).toMatchObject({
      figures: { silentMs: 6_000 },
      peak: { value: 101 * MINUTE, at: BEGIN + MINUTE },
    });
  });

  it('are those of before when nothing is seen any more', () => {
    const gone = story().at(0, 'warning', { leaked: 12 }).at(1, 'quiet', { of: {} });
    expect(gone.open).toMatchObject({ quietSince: BEGIN + MINUTE, figures: { leaked: 12 } });
  });
});

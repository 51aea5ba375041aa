import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Push } from '@closewatch/protocol';
import { PackingService } from '../packing/packing.service.ts';
import { buildSnapshot, iso } from '../testing/push-builder.ts';
import { at, both, leaking, MINUTE_MS, minutes, range, SampleStory, steady } from '../testing/sample-story.ts';
import { buildProcessTable } from '../testing/section-builder.ts';
import { createTestDatabase } from '../testing/test-database.ts';

const GRACE_MS = 15 * MINUTE_MS;

let story: SampleStory;

beforeAll(async () => {
  story = await SampleStory.begin(await createTestDatabase());
});

afterAll(() => story?.end());

/** Packs the hours that are over before a minute of the story. */
const packUntil = (minute: number): Promise<void> => story.api.app.get(PackingService).packUntil(at(minute) + GRACE_MS);

describe('samples that are packed', () => {
  /** All that people can ask of a story of some hours. */
  async function answers(push: Push): Promise<unknown[]> {
    return [
      await story.processHistory(push, `${range(-60, 240)}&points=300`),
      await story.processHistory(push, `${range(30, 95)}&points=7&top=3`),
      await story.processHistory(push, `${range(-60, 240)}&pid=1100`),
      await story.portHistory(push, `${range(-60, 240)}&points=300`),
      await story.portHistory(push, `${range(59, 61)}&points=7&peerPort=80`),
      await story.processesAt(push, 0),
      await story.processesAt(push, 59.5),
      await story.processesAt(push, 60),
      await story.processesAt(push, 119),
      await story.portsAt(push, 61),
      await story.portsAt(push, 124),
    ];
  }

  it('read as they did before, and so does what came late, before and after it is packed', async () => {
    const whole = minutes(0, 150, both);
    const lateOnes = whole.filter((_, index) => index % 10 === 3 || (index > 70 && index < 80));
    const inTime = whole.filter((snapshot) => !lateOnes.includes(snapshot));
    const straight = await story.tell(whole);
    const expected = await answers(straight);
    const crooked = await story.tell(inTime);
    const withGaps = await answers(crooked);

    await packUntil(120);
    expect(await story.countOf('process_pack', crooked)).toBe(2);
    expect(await story.countOf('port_pack', crooked)).toBe(2);
    expect(await answers(straight)).toEqual(expected);
    expect(await answers(crooked)).toEqual(withGaps);

    await story.tell(lateOnes, crooked);
    expect(await story.countOf('process_late', crooked)).toBeGreaterThan(10);
    expect(await answers(crooked)).toEqual(expected);

    await packUntil(120);
    expect(await story.countOf('process_late', crooked)).toBe(0);
    expect(await story.countOf('port_late', crooked)).toBe(0);
    expect(await answers(crooked)).toEqual(expected);

    await packUntil(180);
    expect(await answers(crooked)).toEqual(expected);
    expect(await answers(straight)).toEqual(expected);
  });

  it('read the same while they are packed', async () => {
    const push = await story.tell(minutes(180, 120, both));
    const [minute, query] = [210.5, `${range(180, 300)}&points=60`];
    const look = async () => [await story.processHistory(push, query), await story.portsAt(push, minute)];
    const expected = await look();
    let packing = true;
    const packed = packUntil(300).finally(() => (packing = false));
    let looks = 0;
    for (; packing || looks < 3; looks++) expect(await look()).toEqual(expected);
    await packed;
    expect(await story.countOf('process_pack', push)).toBe(2);
  });

  it('of an hour that was empty when it was packed are packed when they come', async () => {
    await packUntil(120);
    const push = await story.tell(minutes(60, 3, both));
    expect(await story.countOf('process_late', push)).toBe(3);
    const before = await answers(push);
    await packUntil(120);
    expect([await story.countOf('process_late', push), await story.countOf('process_pack', push)]).toEqual([0, 1]);
    expect(await answers(push)).toEqual(before);
  });

  it('of two that stand for one instant, as of a clock ahead of ours, are one', async () => {
    const ahead = iso(Date.now() + 30_000);
    const push = await story.tell([
      buildSnapshot({ seq: 1, takenAt: ahead, processes: buildProcessTable([steady]) }),
      buildSnapshot({ seq: 2, takenAt: iso(Date.parse(ahead) + 1_000), processes: buildProcessTable([leaking]) }),
    ]);
    expect(await story.countOf('process_sample', push)).toBe(1);
    expect((await story.processHistory(push, '')).items.map(({ process }) => process.pid)).toEqual([leaking.pid]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { iso } from '../testing/push-builder.ts';
import { at, both, minutes, portPressure, range, SampleStory } from '../testing/sample-story.ts';
import { createTestDatabase } from '../testing/test-database.ts';

let story: SampleStory;

beforeAll(async () => {
  story = await SampleStory.begin(await createTestDatabase());
});

afterAll(() => story?.end());

describe('port pressure as of an instant', () => {
  it('is the newest at or before it, without what the kernel says, which is known of now alone', async () => {
    const push = await story.tell(minutes(0, 2, (minute) => ({ ...both(minute), kernel: { counters: { TW: 1 } } })));
    expect(await story.portsAt(push, 1)).toEqual({ ports: { takenAt: iso(at(1)), ...portPressure(1) }, kernel: null });
    expect(await story.portsAt(push, 9)).toEqual({ ports: null, kernel: null });
  });
});

describe('the history of ports', () => {
  it('shows how near the most pressed destinations are to their end, and what the host closes', async () => {
    const push = await story.tell(minutes(0, 20, both));
    const answer = await story.portHistory(push, `${range(0, 20)}&points=4`);
    expect(answer.items.map(({ peer, greatest }) => [peer.port, greatest])).toEqual([
      [443, 119],
      [80, 7],
    ]);
    expect(answer.items[0]).toMatchObject({
      localAddress: '192.0.2.1',
      used: { min: [100, 105, 110, 115], max: [104, 109, 114, 119] },
      timeWait: { min: [0, 0, 0, 0], max: [0, 0, 0, 0] },
      available: [28_232, 28_232, 28_232, 28_232],
    });
    expect(answer).toMatchObject({
      closesPerSecond: { avg: [0.5, 1.75, 3, 4.25], max: [1, 2.25, 3.5, 4.75] },
      timeWait: { min: [0, 5, 10, 15], max: [4, 9, 14, 19] },
      timeWaitMax: [4_096, 4_096, 4_096, 4_096],
      destinationCount: [1, 1, 1, 1],
    });
  });

  it('is that of one destination where one is named, in any spelling', async () => {
    const push = await story.tell(minutes(0, 2, both));
    const ports = async (query: string) =>
      (await story.portHistory(push, `${range(0, 2)}${query}`)).items.map(({ peer }) => peer.port);
    expect(await ports('&localAddress=2001:0db8:0::1&peerAddress=2001:db8::2&peerPort=80')).toEqual([80]);
    expect(await ports('&peerPort=443')).toEqual([443]);
    expect(await ports('&peerAddress=203.0.113.1')).toEqual([]);
    expect(await ports('&top=1')).toEqual([443]);
  });
});

import { beforeEach, describe, expect, it } from '@jest/globals';
import { AgentEventSchema, type AgentEvent } from '@closewatch/protocol';
import { type Sampled } from '../sampling/collector.ts';
import { AgentEvents } from './agent-events.ts';
import { type TimeEvent } from './host-time.ts';

let happened: TimeEvent[];
let lost: AgentEvent[];
let restarted: AgentEvent[];
let events: AgentEvents;

const instant = (at: number): string => new Date(Date.UTC(2026, 10, 22) + at).toISOString();

beforeEach(() => {
  happened = [];
  lost = [];
  restarted = [];
  events = new AgentEvents({
    after: 'crash',
    intervalMs: 5_000,
    instant,
    timeEvents: () => happened.splice(0),
    losses: () => lost.splice(0),
    restarts: () => restarted.splice(0),
    lacks: () => ['a folder'],
  });
});

async function told(at: number): Promise<AgentEvent[] | undefined> {
  // Of the look only its times matter here.
  const look = { startedAt: at, takenAt: at + 10 } as Sampled;
  const found = (await events.collect(look)).events;
  for (const event of found ?? []) expect(AgentEventSchema.parse(event)).toEqual(event);
  return found;
}

describe('events of the agent', () => {
  it('begin with the start, told once, and are left out where there are none', async () => {
    expect(await told(0)).toEqual([{ at: instant(10), kind: 'started', after: 'crash' }]);
    expect(await told(5_000)).toBeUndefined();
    expect(events.missing).toEqual(['a folder']);
  });

  it('tell of a stall from more than three intervals on', async () => {
    await told(0);
    expect(await told(15_000)).toBeUndefined();
    expect(await told(30_001)).toEqual([{ at: instant(30_011), kind: 'stalled', forMs: 15_001 }]);
  });

  it('call a sleep a sleep and no stall, and the rest of the time a stall', async () => {
    await told(0);
    happened = [{ kind: 'suspended', ms: 3_600_000 }];
    expect(await told(3_605_000)).toEqual([{ at: instant(3_605_010), kind: 'suspended', forMs: 3_600_000 }]);
    happened = [{ kind: 'suspended', ms: 60_000 }];
    expect((await told(3_605_000 + 80_000))?.map(({ kind }) => kind)).toEqual(['suspended', 'stalled']);
    expect(await told(3_605_000 + 85_000)).toBeUndefined();
  });

  it('tell of a clock that was set and of what the outbox lost', async () => {
    await told(0);
    happened = [{ kind: 'clock_jumped', ms: -60_000 }];
    lost = [{ at: instant(1), kind: 'damaged', records: 2 }];
    expect(await told(5_000)).toEqual([
      { at: instant(5_010), kind: 'clock_jumped', byMs: -60_000 },
      { at: instant(1), kind: 'damaged', records: 2 },
    ]);
  });

  it('tell once of services that were started anew', async () => {
    await told(0);
    const process = { pid: 21, startedAt: instant(3_000), executable: 'checkout', unit: 'checkout.service' };
    const before = { pid: 20, startedAt: instant(-9_000) };
    restarted = [{ at: instant(3_000), kind: 'service_restarted', process, before, replaced: true }];
    const expected = [...restarted];
    expect(await told(5_000)).toEqual(expected);
    expect(await told(10_000)).toBeUndefined();
  });
});

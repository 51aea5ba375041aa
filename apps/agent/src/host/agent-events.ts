import { type AgentEvent } from '@closewatch/protocol';
import { type Addition, type Collector, type Sampled } from '../sampling/collector.ts';
import { PUSH_LIMITS } from '../uplink/contract.ts';
import { type TimeEvent } from './host-time.ts';
import { type After } from './run-state.ts';

export interface AgentEventsParts {
  readonly after: After;
  readonly intervalMs: number;
  /** Writes an instant of the agent's time line as ISO 8601. */
  readonly instant: (at: number) => string;
  readonly timeEvents: () => readonly TimeEvent[];
  /** What the outbox lost, once; `at`: ISO 8601. Nothing while snapshots do not arrive: they would be lost with it. */
  readonly losses: (at: string) => readonly AgentEvent[];
  /** Services that were started anew, once. */
  readonly restarts: () => readonly AgentEvent[];
  /** What keeps the agent from telling. */
  readonly lacks: () => readonly string[];
}

/** So many intervals without a look are a stall. */
const STALLED_INTERVALS = 3;

/** Tells with the next snapshot what happened to the agent or its host since the last one, once. */
export class AgentEvents implements Collector {
  readonly name = 'events';
  readonly #parts: AgentEventsParts;
  #lastAt: number | undefined;
  #asleepMs = 0;

  constructor(parts: AgentEventsParts) {
    this.#parts = parts;
  }

  get missing(): readonly string[] {
    return this.#parts.lacks();
  }

  collect({ takenAt, startedAt }: Sampled): Promise<Addition> {
    const { after, instant, timeEvents, losses, restarts } = this.#parts;
    const at = instant(takenAt);
    const events: AgentEvent[] = [];
    if (this.#lastAt === undefined) events.push({ at, kind: 'started', after });
    this.#asleepMs = 0;
    for (const event of timeEvents()) events.push(this.#written(event, at));
    events.push(...this.#stalls(startedAt, at));
    events.push(...restarts(), ...losses(at));
    this.#lastAt = startedAt;
    return Promise.resolve(events.length === 0 ? {} : { events: events.slice(0, PUSH_LIMITS.events) });
  }

  close(): void {
    // Holds nothing open.
  }

  #written({ kind, ms }: TimeEvent, at: string): AgentEvent {
    if (kind === 'clock_jumped') return { at, kind, byMs: ms };
    this.#asleepMs += ms;
    return { at, kind, forMs: ms };
  }

  /** Time awake alone counts. */
  #stalls(startedAt: number, at: string): AgentEvent[] {
    if (this.#lastAt === undefined) return [];
    const forMs = Math.round(startedAt - this.#lastAt - this.#asleepMs);
    return forMs > STALLED_INTERVALS * this.#parts.intervalMs ? [{ at, kind: 'stalled', forMs }] : [];
  }
}

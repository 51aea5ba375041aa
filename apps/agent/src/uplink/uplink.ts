import { type PushAnswer } from '@closewatch/protocol';
import { performance } from 'node:perf_hooks';
import { messageOf } from '../errors.ts';
import { type Log } from '../log.ts';
import { ADVICE } from './advice.ts';
import { type Delivery } from './courier.ts';
import { Newest } from './newest.ts';
import { type Outbox } from './outbox.ts';
import { type Batch, type Parcel } from './parcel.ts';
import {
  nextStep,
  type Pending,
  type Pushed,
  type Refusal,
  type UplinkEffect,
  type UplinkEvent,
  type UplinkPolicy,
  type UplinkState,
} from './uplink-states.ts';

/** Bytes of JSON in one push: far below what a server takes, and little to repeat when it fails. */
const BATCH_SIZE = 4 * 1024 * 1024;
/** So many in a row that did not arrive are more than a slow answer, and so many bytes a large part of the outbox. */
const PILE = 12;
const PILE_SIZE = 8 * 1024 * 1024;

export interface UplinkParts {
  readonly outbox: Outbox;
  /** Of this run. */
  readonly runId: string;
  readonly deliver: (batch: Batch, signal: AbortSignal) => Promise<Delivery>;
  readonly policy: UplinkPolicy;
  /** A snapshot under way for longer is put on disk. */
  readonly keepAfterMs: number;
  readonly log: Log;
  /** The server refused these snapshots of this run for good, by their numbers. */
  readonly onRefused: (seqs: ReadonlySet<number>) => void;
  /** The server asks for a full set of this run's connections. */
  readonly onResync?: () => void;
}

/** How a snapshot is to be taken. */
export interface Handling {
  /** It begins a round: those of the last round are the newest no longer. */
  readonly begins: boolean;
  /** It is not to be lost, whatever happens. */
  readonly keep: boolean;
}

/**
 * Carries snapshots to the server, one push at a time, by the states of uplink-states.ts: the newest from memory, what
 * is in the outbox in between. Into the outbox goes what is not delivered at once.
 */
export class Uplink {
  readonly #parts: UplinkParts;
  readonly #newest: Newest;
  readonly #cancelled = new AbortController();
  #state: UplinkState;
  /** How many snapshots came in a row while none arrived at once, and their bytes. */
  #pile = { snapshots: 0, size: 0 };
  #waitTimer: NodeJS.Timeout | undefined;
  #restTimer: NodeJS.Timeout | undefined;
  #sending: Promise<void> = Promise.resolve();
  /** What was sent last. */
  #sent: Batch | undefined;
  /** The refusals that were told last; undefined after a success. */
  readonly #trouble: { [What in Pushed]?: Refusal | undefined } = {};
  #connected = false;

  constructor(parts: UplinkParts) {
    this.#parts = parts;
    this.#newest = new Newest(parts.outbox, parts.keepAfterMs);
    this.#state = { name: 'idle', batch: parts.policy.batch, backlog: 'held' };
  }

  get state(): UplinkState['name'] {
    return this.#state.name;
  }

  /** The newest snapshots arrive. */
  get connected(): boolean {
    return this.#connected && this.#trouble.newest === undefined;
  }

  /** Snapshots pile up undelivered. */
  get behind(): boolean {
    return this.#pile.snapshots >= PILE || this.#pile.size >= PILE_SIZE;
  }

  /** Takes a snapshot and sends it as soon as may be. */
  push(parcel: Parcel, { begins, keep }: Handling): void {
    if (begins) this.#newest.setAside();
    this.#newest.add(parcel);
    this.#pile.snapshots++;
    this.#pile.size += parcel.size;
    if (keep || !this.connected) this.#newest.keep();
    this.#handle({ name: 'queued' });
  }

  /** Puts on disk what is not delivered, and tries once more, within `deadlineMs`; then everything is let go. */
  async stop(deadlineMs: number): Promise<void> {
    const deadline = setTimeout(() => this.#cancelled.abort(), deadlineMs);
    const wasSending = this.#sending;
    this.#handle({ name: 'stop' });
    this.#newest.keep();
    clearTimeout(this.#waitTimer);
    clearTimeout(this.#restTimer);
    await wasSending;
    for (const what of ['newest', 'backlog'] as const) {
      if (!this.#pending()[what] || this.#cancelled.signal.aborted) continue;
      const event = await this.#attempt(what, this.#parts.policy.batch);
      if (event.name !== 'accepted') break;
    }
    clearTimeout(deadline);
    const { outbox, log } = this.#parts;
    await outbox.close();
    if (outbox.waiting === 0) return;
    const kept = outbox.missing.length === 0 ? 'they are kept for the next start' : 'those in memory are lost';
    log.warn(`${outbox.waiting} snapshots could not be delivered before the end; ${kept}`);
  }

  #pending(): Pending {
    return { newest: this.#newest.length > 0, backlog: this.#parts.outbox.waiting > this.#newest.kept };
  }

  #handle(event: UplinkEvent): void {
    const { state, effects } = nextStep(this.#state, event, this.#pending(), this.#parts.policy, Math.random());
    this.#state = state;
    for (const effect of effects) this.#do(effect);
  }

  #do(effect: UplinkEffect): void {
    switch (effect.do) {
      case 'send':
        this.#sending = this.#send(effect.what, effect.batch);
        break;
      case 'wait':
        this.#waitTimer = setTimeout(() => this.#handle({ name: 'elapsed' }), effect.ms);
        break;
      case 'rest':
        clearTimeout(this.#restTimer);
        this.#restTimer = setTimeout(() => this.#handle({ name: 'rested' }), effect.ms);
        break;
      case 'set_aside':
        this.#newest.setAside();
        break;
      case 'drop':
        this.#drop();
        break;
    }
  }

  async #send(what: Pushed, count: number): Promise<void> {
    // The event that led here is dealt with first; answers are events of their own.
    await Promise.resolve();
    if (this.#state.name !== 'sending') return;
    this.#handle(await this.#attempt(what, count));
  }

  async #attempt(what: Pushed, count: number): Promise<UplinkEvent> {
    const { outbox, deliver } = this.#parts;
    const startedAt = performance.now();
    const batch =
      what === 'newest'
        ? this.#newest.batch(count, BATCH_SIZE)
        : await outbox.oldest(count, BATCH_SIZE, (parcel) => this.#newest.has(parcel));
    this.#sent = batch;
    if (batch === undefined) return { name: 'accepted', tookMs: 0 };
    const sent = batch.parcels.length;
    let delivery: Delivery;
    try {
      delivery = await deliver(batch, this.#cancelled.signal);
    } catch (error) {
      this.#complain(what, 'unreachable', messageOf(error));
      return { name: 'refused', as: 'unreachable', sent };
    }
    if (delivery.kind === 'refused') {
      const { as, words, retryAfterMs } = delivery;
      this.#complain(what, as, words);
      return { name: 'refused', as, sent, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    }
    this.#arrived(what);
    await this.#settle(batch);
    this.#tell(batch, delivery.answer);
    return { name: 'accepted', tookMs: performance.now() - startedAt };
  }

  #arrived(what: Pushed): void {
    const wasConnected = this.connected;
    this.#trouble[what] = undefined;
    if (what === 'backlog') return;
    this.#connected = true;
    this.#pile = { snapshots: 0, size: 0 };
    if (!wasConnected) this.#parts.log.info('the server takes snapshots');
  }

  /** These need no more to be sent. */
  async #settle({ parcels }: Batch): Promise<void> {
    const known = this.#newest.remove(parcels);
    if (known.length > 0) await this.#parts.outbox.done(known);
  }

  #tell({ run, parcels }: Batch, { rejected, resync }: PushAnswer): void {
    if (resync && run.runId === this.#parts.runId) this.#parts.onResync?.();
    const refused = new Set<number>();
    for (const { index, issues } of rejected) {
      const seq = parcels[index]?.seq;
      if (seq !== undefined) refused.add(seq);
      const why = issues.map(({ path, message }) => `${path}: ${message}`).join('; ');
      this.#parts.log.warn(`the server rejected snapshot ${seq ?? `at ${index}`}, which is dropped: ${why}`);
    }
    this.#refuse(run.runId, refused);
  }

  #drop(): void {
    const batch = this.#sent;
    const [refused] = batch?.parcels ?? [];
    if (batch === undefined || refused === undefined) return;
    void this.#settle(batch);
    this.#parts.log.warn(`snapshot ${refused.seq} is dropped: the server does not take it, even alone`);
    this.#refuse(refused.run.runId, new Set([refused.seq]));
  }

  #refuse(runId: string, seqs: ReadonlySet<number>): void {
    if (seqs.size > 0 && runId === this.#parts.runId) this.#parts.onRefused(seqs);
  }

  #complain(what: Pushed, as: Refusal, words: string): void {
    if (what === 'newest') this.#newest.keep();
    if (this.#trouble[what] !== as && !this.#cancelled.signal.aborted) {
      const failed = what === 'newest' ? 'push failed' : 'push of earlier snapshots failed';
      this.#parts.log.warn(`${failed}: ${words}; ${ADVICE[as]}`);
    }
    this.#trouble[what] = as;
  }
}

import { type PushAnswer } from '@closewatch/protocol';
import { messageOf } from '../errors.ts';
import { type Log } from '../log.ts';
import { type Outbox, type Parcel } from './outbox.ts';
import { type Delivery } from './courier.ts';
import { nextStep, type Refusal, type UplinkEvent, type UplinkPolicy, type UplinkState } from './uplink-states.ts';

/** Characters of JSON in one push: far below what a server takes, and little to repeat when it fails. */
const BATCH_SIZE = 4 * 1024 * 1024;

export interface UplinkParts {
  readonly outbox: Outbox;
  readonly deliver: (parcels: readonly Parcel[], signal: AbortSignal) => Promise<Delivery>;
  readonly policy: UplinkPolicy;
  readonly log: Log;
  /** The server refused these snapshots for good, by their numbers. */
  readonly onRefused: (seqs: ReadonlySet<number>) => void;
}

/** What to do about a refusal; said once, when it begins. */
const ADVICE: Readonly<Record<Refusal, string>> = {
  malformed:
    'the fault lies in what this agent says of itself: update the agent or the server, or set right what the answer names; snapshots are kept, retrying slowly',
  bad_snapshot: 'sending the snapshots one by one to find the bad one',
  unauthorized:
    'set CLOSEWATCH_TOKEN or CLOSEWATCH_TOKEN_FILE to a token that this server knows, and start the agent again; retrying slowly',
  cloned:
    'another machine goes by the same agent id, as after copying a disk image: on this machine stop the agent, delete agent/agent-id in its CLOSEWATCH_DATA folder, and start it again; retrying slowly',
  too_large: 'sending less at a time',
  wrong_version: 'agent and server are of different versions: update the older one; retrying slowly',
  busy: 'waiting as long as it asks',
  not_closewatch: 'is CLOSEWATCH_SERVER the address of a Closewatch server? Retrying slowly',
  unreachable: 'snapshots are kept and sent when it is back',
};

/** Carries what is in the outbox to the server, one push at a time, by the states of uplink-states.ts. */
export class Uplink {
  readonly #parts: UplinkParts;
  readonly #cancelled = new AbortController();
  #state: UplinkState;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> = Promise.resolve();
  /** The refusal that was told last; undefined after a success. */
  #trouble: Refusal | undefined;
  #connected = false;

  constructor(parts: UplinkParts) {
    this.#parts = parts;
    this.#state = { name: 'idle', batch: parts.policy.batch };
  }

  get state(): UplinkState['name'] {
    return this.#state.name;
  }

  /** Queues a snapshot and sends it as soon as may be. */
  push(parcel: Parcel): void {
    const { outbox, log } = this.#parts;
    const dropped = outbox.add(parcel);
    if (dropped > 0) {
      // Said at the first and then at every thousandth: a server that is away for a day must not fill a disk.
      if (outbox.dropped === dropped || outbox.dropped % 1_000 < dropped) {
        log.warn(`the outbox is full: ${outbox.dropped} of the oldest snapshots were dropped so far`);
      }
    }
    this.#handle({ name: 'queued' });
  }

  /** One last attempt for what is left, within `deadlineMs`; then everything is let go. */
  async stop(deadlineMs: number): Promise<void> {
    const deadline = setTimeout(() => this.#cancelled.abort(), deadlineMs);
    const wasSending = this.#sending;
    this.#handle({ name: 'stop' });
    clearTimeout(this.#timer);
    await wasSending;
    const { outbox, log } = this.#parts;
    if (outbox.length > 0 && !this.#cancelled.signal.aborted)
      await this.#attempt(outbox.peek(this.#parts.policy.batch, BATCH_SIZE));
    clearTimeout(deadline);
    if (outbox.length > 0) log.warn(`${outbox.length} snapshots could not be delivered before the end`);
  }

  #handle(event: UplinkEvent): void {
    const { state, effects } = nextStep(this.#state, event, this.#parts.policy, Math.random());
    this.#state = state;
    for (const effect of effects) {
      switch (effect.do) {
        case 'send':
          this.#sending = this.#send();
          break;
        case 'wait':
          this.#timer = setTimeout(() => this.#handle({ name: 'elapsed' }), effect.ms);
          break;
        case 'drop':
          this.#drop();
          break;
      }
    }
  }

  async #send(): Promise<void> {
    // The event that led here is dealt with first; answers are events of their own.
    await Promise.resolve();
    if (this.#state.name !== 'sending') return;
    const batch = this.#parts.outbox.peek(this.#state.batch, BATCH_SIZE);
    this.#handle(await this.#attempt(batch));
  }

  async #attempt(batch: readonly Parcel[]): Promise<UplinkEvent> {
    const { outbox, deliver } = this.#parts;
    if (batch.length === 0) return { name: 'accepted', left: 0 };
    let delivery: Delivery;
    try {
      delivery = await deliver(batch, this.#cancelled.signal);
    } catch (error) {
      this.#complain('unreachable', messageOf(error));
      return { name: 'refused', as: 'unreachable', sent: batch.length };
    }
    if (delivery.kind === 'refused') {
      const { as, words, retryAfterMs } = delivery;
      this.#complain(as, words);
      return { name: 'refused', as, sent: batch.length, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    }
    outbox.remove(batch);
    this.#settle(batch, delivery.answer);
    return { name: 'accepted', left: outbox.length };
  }

  #settle(batch: readonly Parcel[], { rejected }: PushAnswer): void {
    const { log, onRefused } = this.#parts;
    if (this.#trouble !== undefined || !this.#connected) log.info('the server takes snapshots');
    this.#trouble = undefined;
    this.#connected = true;
    const refused = new Set<number>();
    for (const { index, issues } of rejected) {
      const seq = batch[index]?.seq;
      if (seq !== undefined) refused.add(seq);
      const why = issues.map(({ path, message }) => `${path}: ${message}`).join('; ');
      log.warn(`the server rejected snapshot ${seq ?? `at ${index}`}, which is dropped: ${why}`);
    }
    if (refused.size > 0) onRefused(refused);
  }

  #drop(): void {
    const [refused] = this.#parts.outbox.peek(1, 0);
    if (refused === undefined) return;
    this.#parts.outbox.remove([refused]);
    this.#parts.log.warn(`snapshot ${refused.seq} is dropped: the server does not take it, even alone`);
    this.#parts.onRefused(new Set([refused.seq]));
  }

  #complain(as: Refusal, words: string): void {
    if (this.#trouble !== as && !this.#cancelled.signal.aborted)
      this.#parts.log.warn(`push failed: ${words}; ${ADVICE[as]}`);
    this.#trouble = as;
  }
}

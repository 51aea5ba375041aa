import { readFileSync, writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import * as raw from './raw-sockets.ts';

/**
 * A program for the benchmark: fills the network namespace it is started in, which must be its own, with as many sockets
 * as its arguments say, `FAMILY:STATE=COUNT` such as `ipv4:time_wait=180000`, says `ready` and holds them until its
 * standard input ends. A TIME_WAIT lasts 60 s, so it goes on making as many as expire.
 */
type Held = 'established' | 'close_wait' | 'time_wait';

/** Many destinations: the kernel searches long for a free port towards a crowded one. */
const LISTENERS = 16;
const TIME_WAIT_MS = 60_000;
const TURN_MS = 50;
/** Made in one turn at most: the program must hear that its input ends. */
const MOST_A_TURN = 4_000;

const listenersByKind = new Map<string, ReturnType<typeof raw.listenOn>[]>();
let dialled = 0;

/**
 * Each kind has ports of its own: a SYN with the addresses and ports of a CLOSE_WAIT whose peer is long gone, as new
 * connections would send sooner or later, makes the kernel end that CLOSE_WAIT.
 */
function pair(family: raw.Family, state: Held): raw.Pair {
  const kind = `${family} ${state}`;
  let listeners = listenersByKind.get(kind);
  if (listeners === undefined) {
    listeners = Array.from({ length: LISTENERS }, () => raw.listenOn(family, 16));
    listenersByKind.set(kind, listeners);
  }
  const listener = listeners[dialled++ % LISTENERS];
  if (listener === undefined) throw new Error('no listener');
  return raw.connectedPair(family, listener);
}

/** Keeps `count` TIME_WAIT records of one family: when each batch was made, and how many. */
class TimeWaits {
  readonly #family: raw.Family;
  readonly #count: number;
  readonly #batches: { at: number; made: number }[] = [];
  #alive = 0;

  constructor(family: raw.Family, count: number) {
    this.#family = family;
    this.#count = count;
  }

  /** Returns whether all are there. */
  refill(now: number): boolean {
    while (this.#batches[0] !== undefined && this.#batches[0].at <= now - TIME_WAIT_MS) {
      this.#alive -= this.#batches.shift()?.made ?? 0;
    }
    const lacking = Math.min(this.#count - this.#alive, MOST_A_TURN);
    for (let i = 0; i < lacking; i++) {
      const { client, server } = pair(this.#family, 'time_wait');
      raw.close(client);
      raw.close(server);
    }
    if (lacking > 0) this.#batches.push({ at: now, made: lacking });
    this.#alive += lacking;
    return this.#alive >= this.#count;
  }
}

raw.bringLoopbackUp();
const setting = (name: string, value: string): void => writeFileSync(`/proc/sys/net/ipv4/${name}`, value);
setting('tcp_max_tw_buckets', '1000000');
// Wide, but not over the ports that the benchmark's servers take.
setting('ip_local_port_range', '20000 65535');
// Loopback may use a TIME_WAIT again after a second (the default, 2), and would then never hold so many.
setting('tcp_tw_reuse', '0');

const timeWaits: TimeWaits[] = [];
const kept: number[] = [];
for (const word of process.argv.slice(2)) {
  const [, family, state, count] = /^(ipv4|ipv6):(established|close_wait|time_wait)=(\d+)$/.exec(word) ?? [];
  if (family === undefined) throw new Error(`"${word}" is no load, for example ipv4:time_wait=1000`);
  fill(family as raw.Family, state as Held, Number(count));
}

function fill(family: raw.Family, state: Held, count: number): void {
  if (state === 'time_wait') {
    timeWaits.push(new TimeWaits(family, count));
    return;
  }
  // Both ends are ours, so a pair makes two ESTABLISHED.
  const pairs = state === 'established' ? Math.ceil(count / 2) : count;
  for (let i = 0; i < pairs; i++) {
    const { client, server } = pair(family, state);
    kept.push(server);
    if (state === 'established') kept.push(client);
    else raw.close(client);
  }
}

let ready = false;
function turn(): void {
  const full = timeWaits.map((records) => records.refill(performance.now())).every(Boolean);
  if (full && !ready) {
    ready = true;
    const inTable = /tw (\d+)/.exec(readFileSync('/proc/net/sockstat', 'latin1'))?.[1] ?? '?';
    process.stdout.write(`ready: ${inTable} TIME_WAIT records, ${kept.length} descriptors\n`);
  }
  setTimeout(turn, full ? TURN_MS : 0);
}
turn();
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { OpenOrder, PeerOrders, PeerReport } from './conduct.ts';

/** Failures without one success between them after which there is no hope. */
const HOPELESS = 100;

/** Orders go out this often; a connection a millisecond is the finest the pace gets. */
const TICK_MS = 50;

export interface Peer {
  /** Connections that went their way so far. */
  done(): number;
  readonly broken: Promise<never>;
  stop(): Promise<void>;
}

export interface PeerPace {
  /** New connections a second, at most. */
  readonly rate: number;
  /** How many more the scenario lacks now; those under way are taken off by the peer. */
  readonly lacking: () => number;
  /** A connection went its way. */
  readonly onDone?: () => void;
}

/** Starts the process at the other end and has it connect as long as sockets are lacking, no faster than `rate`. */
export function startPeer(orders: PeerOrders, { rate, lacking, onDone }: PeerPace): Peer {
  const child = fork(fileURLToPath(new URL('peer-process.ts', import.meta.url)), [JSON.stringify(orders)]);
  const exited = once(child, 'exit');
  let ordered = 0;
  let done = 0;
  let failed = 0;
  let failuresInARow = 0;
  let stopping = false;
  const { promise: broken, reject } = Promise.withResolvers<never>();
  // A rejection that nobody waits for any more, because the lab stops, is no fault.
  broken.catch(() => undefined);

  child.on('error', reject);
  child.on('exit', (code, signal) => {
    if (!stopping) reject(new Error(`the peer process ended (${signal ?? `exit code ${code}`})`));
  });
  child.on('message', ({ failure }: PeerReport) => {
    if (failure === null) {
      done++;
      failuresInARow = 0;
      onDone?.();
    } else {
      failed++;
      failuresInARow++;
      if (failuresInARow >= HOPELESS) reject(new Error(`${HOPELESS} connections in a row failed: ${failure}`));
    }
  });

  let allowance = 1;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    // What was not used, because nothing was lacking, is not saved up for a burst.
    allowance = Math.min(allowance + ((now - last) * rate) / 1_000, Math.max(1, (rate * TICK_MS * 4) / 1_000));
    last = now;
    const underWay = ordered - done - failed;
    const open = Math.min(Math.floor(allowance), lacking() - underWay);
    if (open < 1 || !child.connected) return;
    allowance -= open;
    ordered += open;
    child.send({ open } satisfies OpenOrder);
  }, TICK_MS);

  return {
    done: () => done,
    broken,
    async stop() {
      clearInterval(timer);
      stopping = true;
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

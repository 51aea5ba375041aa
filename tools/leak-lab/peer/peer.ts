import { fileURLToPath } from 'node:url';
import { startChild } from '../child-program.ts';
import type { Conduct, OpenOrder, PeerOrders, PeerReport } from './conduct.ts';

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
  let ordered = 0;
  let done = 0;
  let failed = 0;
  let failuresInARow = 0;
  const { promise: hopeless, reject } = Promise.withResolvers<never>();
  const [command, ...args] = programFor(orders.conduct);
  const child = startChild<PeerReport>('peer', command, [...args, JSON.stringify(orders)], ({ failure }) => {
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
  const broken = Promise.race([child.broken, hopeless]);
  // A rejection that nobody waits for any more, because the lab stops, is no fault.
  broken.catch(() => undefined);

  let allowance = 1;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    // What was not used, because nothing was lacking, is not saved up for a burst.
    allowance = Math.min(allowance + ((now - last) * rate) / 1_000, Math.max(1, (rate * TICK_MS * 4) / 1_000));
    last = now;
    const underWay = ordered - done - failed;
    const open = Math.min(Math.floor(allowance), lacking() - underWay);
    if (open < 1) return;
    allowance -= open;
    ordered += open;
    child.tell({ open } satisfies OpenOrder);
  }, TICK_MS);

  return {
    done: () => done,
    broken,
    async stop() {
      clearInterval(timer);
      await child.stop();
    },
  };
}

function programFor(conduct: Conduct): [string, ...string[]] {
  const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  if (conduct === 'vanish') return ['python3', '-B', pathOf('vanishing-peer.py')];
  return [process.execPath, ...process.execArgv, pathOf('peer-process.ts')];
}

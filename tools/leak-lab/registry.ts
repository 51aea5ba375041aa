import type { Scenario } from './scenario.ts';
import { codeLeak } from './scenarios/code-leak.ts';
import { halfClose } from './scenarios/half-close.ts';
import { burst, restartLoop, sawTooth, slowConsumer, turnover } from './scenarios/healthy.ts';
import { idlePool } from './scenarios/idle-pool.ts';
import { inherited } from './scenarios/inherited.ts';
import { keepaliveLeak } from './scenarios/keepalive-leak.ts';
import { kernelOwned } from './scenarios/kernel-owned.ts';
import { neverAccepted } from './scenarios/never-accepted.ts';
import { notReading } from './scenarios/not-reading.ts';
import { sendBlocked } from './scenarios/send-blocked.ts';
import { busy, fileLock, lock, pipe, starved, stopped, uninterruptible } from './scenarios/stuck.ts';
import { timeWait } from './scenarios/time-wait.ts';

/** Every scenario, in the order of --help. */
export const SCENARIOS: readonly Scenario[] = [
  codeLeak,
  notReading,
  neverAccepted,
  stopped,
  busy,
  starved,
  lock,
  fileLock,
  pipe,
  uninterruptible,
  keepaliveLeak,
  inherited,
  kernelOwned,
  sendBlocked,
  halfClose,
  turnover,
  idlePool,
  burst,
  slowConsumer,
  sawTooth,
  restartLoop,
  timeWait,
];

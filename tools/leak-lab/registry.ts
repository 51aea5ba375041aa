import type { Scenario } from './scenario.ts';
import { codeLeak } from './scenarios/code-leak.ts';
import { notReading } from './scenarios/not-reading.ts';
import { timeWait } from './scenarios/time-wait.ts';

/** Every scenario, in the order of --help. */
export const SCENARIOS: readonly Scenario[] = [codeLeak, notReading, timeWait];

import { type Detected } from './detection.ts';
import { type CounterSample, type QueueSample } from './samples.ts';
import { type CounterThresholds, type Thresholds } from './thresholds.ts';

/** TIME_WAIT sockets are dropped because there are too many (TcpExt TCPTimeWaitOverflow rises). */
export function detectTimeWaitOverflow(
  _samples: readonly CounterSample[],
  _at: number,
  _thresholds: CounterThresholds,
): Detected {
  return { level: 'none', quiet: true, figures: {}, leading: 'increase', beganAt: null, reasons: [] };
}

/** Accept queues overflow (TcpExt ListenOverflows rises). `queues`: of the listeners that are known to have waiting ones. */
export function detectAcceptQueue(
  _window: { readonly overflows: readonly CounterSample[]; readonly queues: readonly QueueSample[] },
  _at: number,
  _thresholds: Thresholds['acceptQueue'],
): Detected {
  return { level: 'none', quiet: true, figures: {}, leading: 'increase', beganAt: null, reasons: [] };
}

import { counterRise } from './counters.ts';
import { type Detected, type Level } from './detection.ts';
import { type CounterSample, type QueueSample } from './samples.ts';
import { type CounterThresholds, type Thresholds } from './thresholds.ts';

/** TIME_WAIT sockets are dropped because there are too many (TcpExt TCPTimeWaitOverflow rises). Never told by their count. */
export function detectTimeWaitOverflow(
  samples: readonly CounterSample[],
  at: number,
  thresholds: CounterThresholds,
): Detected {
  return detectCounter(samples, at, thresholds, 'time_wait_overflow.rising');
}

/** Accept queues overflow (TcpExt ListenOverflows rises). `queues`: of listeners that are known to have waiting ones. */
export function detectAcceptQueue(
  window: { readonly overflows: readonly CounterSample[]; readonly queues: readonly QueueSample[] },
  at: number,
  thresholds: Thresholds['acceptQueue'],
): Detected {
  const detected = detectCounter(window.overflows, at, thresholds, 'accept_queue.rising');
  const fullest = window.queues
    .filter((queue) => queue.at > at - thresholds.windowMs && queue.at <= at)
    .filter(({ length, limit }) => limit !== null && length > 0 && length >= thresholds.queueShare * limit)
    .sort((a, b) => b.length - a.length || a.port - b.port)[0];
  const figures = {
    ...detected.figures,
    port: fullest?.port ?? null,
    queueLength: fullest?.length ?? null,
    queueLimit: fullest?.limit ?? null,
  };
  if (fullest === undefined || detected.level === 'none') return { ...detected, figures };
  const { port, length: queueLength, limit } = fullest;
  const full = { key: 'accept_queue.full', parameters: { port, queueLength, queueLimit: limit ?? queueLength } };
  return { ...detected, figures, reasons: [...detected.reasons, full] };
}

function detectCounter(
  samples: readonly CounterSample[],
  at: number,
  { windowMs, warningIncrease, criticalIncrease, risingSamples }: CounterThresholds,
  key: string,
): Detected {
  const { increase, samples: rising, firstAt, perSecond } = counterRise(samples, at, windowMs);
  const isTold = increase >= warningIncrease && rising >= risingSamples;
  const level: Level = !isTold ? 'none' : increase >= criticalIncrease ? 'critical' : 'warning';
  return {
    level,
    quiet: increase === 0,
    figures: { increase, perSecond, windowMs },
    leading: 'increase',
    beganAt: level === 'none' ? null : firstAt,
    reasons: isTold ? [{ key, parameters: { increase, overMs: windowMs } }] : [],
  };
}

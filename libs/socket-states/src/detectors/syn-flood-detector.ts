import { counterRise } from './counters.ts';
import { type Detected, type Level } from './detection.ts';
import { type CounterSample, type SynSample } from './samples.ts';
import { type Thresholds } from './thresholds.ts';

/**
 * More connects are begun than the host can answer. With syncookies SYN_RECV stays low during a flood, so the counters
 * speak too (TcpExt SyncookiesSent, TCPReqQFullDrop).
 */
export function detectSynFlood(
  samples: readonly SynSample[],
  at: number,
  { windowMs, halfOpen: most, forMs, cookiesPerSecond: mostCookies, criticalDrops }: Thresholds['synFlood'],
): Detected {
  const cookies = counterRise(counterOf(samples, 'cookiesSent'), at, windowMs);
  const drops = counterRise(counterOf(samples, 'dropped'), at, windowMs);
  const halfOpen = samples.at(-1)?.halfOpen ?? null;
  const held = heldSince(samples, most);
  const isCrowd = held !== null && at - held >= forMs;
  const isCookies = cookies.perSecond >= mostCookies && cookies.samples > 1;
  const isTold = isCrowd || isCookies;
  const level: Level = !isTold ? 'none' : drops.increase >= criticalDrops ? 'critical' : 'warning';
  return {
    level,
    quiet: !isTold && cookies.increase === 0 && (halfOpen ?? 0) < most / 2,
    figures: { halfOpen, cookiesPerSecond: cookies.perSecond, dropped: drops.increase },
    leading: isCrowd ? 'halfOpen' : 'cookiesPerSecond',
    beganAt: isTold ? (held ?? cookies.firstAt) : null,
    reasons: [
      ...(isCrowd ? [{ key: 'syn_flood.half_open', parameters: { halfOpen: halfOpen ?? 0, overMs: at - held } }] : []),
      ...(isCookies
        ? [{ key: 'syn_flood.cookies', parameters: { cookiesPerSecond: cookies.perSecond, cookies: cookies.increase } }]
        : []),
      ...(isTold && drops.increase > 0 ? [{ key: 'syn_flood.dropped', parameters: { dropped: drops.increase } }] : []),
    ],
  };
}

function counterOf(samples: readonly SynSample[], name: 'cookiesSent' | 'dropped'): CounterSample[] {
  return samples.flatMap(({ at, [name]: value }) => (value === null ? [] : [{ at, value }]));
}

/** Since when there were so many at every sample; null: there are not. What was not measured says nothing. */
function heldSince(samples: readonly SynSample[], most: number): number | null {
  const measured = samples.filter(({ halfOpen }) => halfOpen !== null);
  const below = measured.findLastIndex(({ halfOpen }) => (halfOpen ?? 0) < most);
  return measured[below + 1]?.at ?? null;
}

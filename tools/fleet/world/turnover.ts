import { type HostPlan, type Service } from './host.ts';
import { mix, unit } from './random.ts';
import { busyness } from './wave.ts';

/** Sockets that pass CLOSE_WAIT in good health are gone after this: two looks, 5 s apart at least, never see the same. */
const LONGEST_MS = 4_000;
const SECOND_MS = 1_000;

/** How many of them stand at an instant, and how many came and went since an earlier one. */
export interface Passage {
  readonly opened: number;
  readonly closed: number;
  readonly alive: number;
}

/** Passage through CLOSE_WAIT in (`fromMs`, `toMs`]. */
export function passage(host: HostPlan, service: Service, fromMs: number, toMs: number): Passage {
  let [opened, closed, alive] = [0, 0, 0];
  eachBetween(host, service, fromMs - LONGEST_MS, toMs, (openedMs, closedMs) => {
    if (openedMs > fromMs) opened++;
    if (closedMs > fromMs && closedMs <= toMs) closed++;
    if (closedMs > toMs) alive++;
  });
  return { opened, closed, alive };
}

/** How many stand at an instant. */
export function passingAt(host: HostPlan, service: Service, atMs: number): number {
  let alive = 0;
  eachBetween(host, service, atMs - LONGEST_MS, atMs, (_openedMs, closedMs) => {
    if (closedMs > atMs) alive++;
  });
  return alive;
}

/** Those that opened in (`fromMs`, `toMs`]. */
function eachBetween(
  host: HostPlan,
  { key, program }: Service,
  fromMs: number,
  toMs: number,
  visit: (openedMs: number, closedMs: number) => void,
): void {
  if (program.turnoverPerSecond === 0) return;
  const passing = mix(key, 0x7075);
  for (let second = Math.floor(fromMs / SECOND_MS); second * SECOND_MS <= toMs; second++) {
    const mean = program.turnoverPerSecond * host.size * busyness(host.shape, second * SECOND_MS);
    const count = Math.floor(mean + unit(passing, second));
    for (let i = 0; i < count; i++) {
      const chance = mix(mix(passing, second), i);
      const openedMs = second * SECOND_MS + (chance % SECOND_MS);
      if (openedMs <= fromMs || openedMs > toMs) continue;
      // Most close within milliseconds; few take seconds.
      const livesMs = 5 + LONGEST_MS * 0.95 * (((chance >>> 12) & 0xfff) / 4_096) ** 5;
      visit(openedMs, openedMs + livesMs);
    }
  }
}

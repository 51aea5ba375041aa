import { type Figure } from '../figures.ts';

/** How long something took, asked for again and again, one after the other; milliseconds. */
export interface Latencies {
  readonly p50Ms: number;
  readonly p95Ms: number;
}

const WARM_UPS = 10;
const TIMES = 60;

/** Asks for each of `TIMES` different things in turn, after a warm-up. */
export async function measureLatencies(ask: (round: number) => Promise<void>): Promise<Latencies> {
  for (let round = 0; round < WARM_UPS; round++) await ask(round / WARM_UPS);
  const took: number[] = [];
  for (let round = 0; round < TIMES; round++) {
    const startedAt = performance.now();
    await ask(round / TIMES);
    took.push(performance.now() - startedAt);
  }
  took.sort((a, b) => a - b);
  return { p50Ms: at(took, 0.5), p95Ms: at(took, 0.95) };
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

export function latencyFigures(name: string, { p50Ms, p95Ms }: Latencies, budgetMs?: number): Figure[] {
  return [
    { name: `${name}: median`, value: p50Ms, unit: 'ms' },
    {
      name: `${name}: 95th percentile`,
      value: p95Ms,
      unit: 'ms',
      ...(budgetMs === undefined ? {} : { budget: budgetMs }),
    },
  ];
}

import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { planHost } from '../../fleet/world/host.ts';
import { lookFrom } from '../../fleet/world/looks.ts';
import { roundAt } from '../../fleet/world/snapshot.ts';
import { pastTelling } from '../../fleet/world/telling.ts';

/** What is stored: hosts of the simulated fleet (tools/fleet) over a day, instants in milliseconds since the epoch. */
export const DAY = { seed: 7, hosts: 20, intervalMs: 10_000, lastsMs: 24 * 3_600_000 };

/** Series of one text, so that no state of a host is apart from its others by more than memory holds. */
interface Series {
  readonly labels: string;
  readonly lines: string[];
}

/** When a sample was taken: as an agent dates it, to the millisecond, or on the beat of the interval, as Prometheus dates its scrapes. */
export type Dating = 'as taken' | 'on the beat';

/** Writes the counts of the day in OpenMetrics: a series for each state of each network namespace. Returns how many samples. */
export async function writeOpenMetrics(file: string, fromMs: number, dating: Dating): Promise<number> {
  const out = createWriteStream(file);
  out.write('# TYPE sockets gauge\n');
  let samples = 0;
  for (let index = 0; index < DAY.hosts; index++) {
    for (const { labels, lines } of seriesOf(index, fromMs, dating)) {
      samples += lines.length;
      if (!out.write(lines.map((line) => `sockets${labels} ${line}\n`).join(''))) await once(out, 'drain');
    }
  }
  out.end('# EOF\n');
  await once(out, 'finish');
  return samples;
}

function seriesOf(index: number, fromMs: number, dating: Dating): Series[] {
  const plan = planHost(DAY.seed, index);
  const telling = pastTelling(DAY.intervalMs);
  const series = new Map<string, Series>();
  const end = lookFrom(plan, DAY.intervalMs, fromMs + DAY.lastsMs);
  for (let number = lookFrom(plan, DAY.intervalMs, fromMs); number < end; number++) {
    for (const { netns, takenAt, counts } of roundAt(plan, number, telling)?.snapshots ?? []) {
      const takenMs = Date.parse(takenAt);
      const atMs = dating === 'as taken' ? takenMs : Math.floor(takenMs / DAY.intervalMs) * DAY.intervalMs;
      const seconds = (atMs / 1_000).toFixed(3);
      for (const [state, count] of Object.entries(counts)) {
        const labels = `{host="${plan.hostname}",netns="${netns}",state="${state}"}`;
        let known = series.get(labels);
        if (known === undefined) series.set(labels, (known = { labels, lines: [] }));
        known.lines.push(`${count} ${seconds}`);
      }
    }
  }
  return [...series.values()];
}

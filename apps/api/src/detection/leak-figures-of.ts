import { type LeakFigure } from '../metrics/leak-figures.ts';
import { type HostDetection } from './host-detection.ts';
import { isHarmless } from './seen-leak.ts';

/** What leaks of what was found on a host, by the names of services; two endpoints of a service are two. */
export function leakFiguresOf(found: readonly HostDetection[]): LeakFigure[] {
  return found
    .filter(({ detection }) => detection.rule === 'leak')
    .map(({ service, finding, detection: { figures } }) => ({
      service,
      leaked: finding !== null && isHarmless(finding) ? 0 : (figures.leaked ?? 0),
      timeLeftMs: figures.timeLeftMs ?? null,
    }));
}

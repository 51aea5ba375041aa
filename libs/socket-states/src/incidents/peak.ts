import { type Detection } from '../detectors/detection.ts';
import { type OpenIncident } from './open-incident.ts';

type Peak = OpenIncident['peak'];

/** The highest that the leading figure has been; kept of the figure that led when it opened. */
export function peakOf(before: Peak | null, { leading, figures }: Detection, at: number): Peak {
  const figure = before?.figure ?? leading;
  const value = figures[figure] ?? 0;
  return before !== null && before.value >= value ? before : { figure, value, at };
}

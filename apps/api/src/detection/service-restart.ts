import { lastingUnit, type LeakSubject } from '@closewatch/socket-states';
import { type ServiceRestart } from './restarts.queries.ts';

/**
 * When a service was started last, as its agent told, by the server's clock (milliseconds); null: it did not. That another
 * container took the place of the service's own is a restart of it; that any other container was replaced is none.
 */
export function restartOf(service: LeakSubject['service'], restarts: readonly ServiceRestart[]): number | null {
  if (service === null) return null;
  const ofService = restarts.filter(
    ({ process: { executable, unit, containerId }, before }) =>
      executable === service.executable &&
      lastingUnit(unit) === lastingUnit(service.unit) &&
      [containerId ?? null, before.containerId ?? null].includes(service.containerId) &&
      (service.containerId !== null || containerId === undefined),
  );
  return ofService.length === 0 ? null : Math.max(...ofService.map(({ at }) => Date.parse(at)));
}

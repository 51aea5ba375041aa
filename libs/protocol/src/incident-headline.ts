import { formatEndpoint } from '@closewatch/socket-states';
import type { Incident, IncidentSubject } from './incident.ts';

/** What a headline is made of. */
export type HeadlineParts = Pick<Incident, 'service' | 'hostname' | 'subject' | 'figures' | 'peak' | 'state'>;

/**
 * What the sentence of an incident names (`rule.<rule>.sentence` in libs/messages): `service`, `host`; where they apply
 * `endpoint` (`10.0.2.7:443`, of a listener `*:8080`), `direction`, `port`, `state`, `name`; and its figures, those that are known.
 * Of an incident that is over, or clears, the peak: it is not about the nothing that is left.
 */
export function headlineParameters({
  service,
  hostname,
  subject,
  figures,
  peak,
  state,
}: HeadlineParts): Record<string, string | number> {
  const past = state === 'resolved' || figures[peak.figure] === 0 ? { [peak.figure]: peak.value } : {};
  const known = Object.entries(figures).filter((entry): entry is [string, number] => entry[1] !== null);
  return { ...Object.fromEntries(known), ...past, ...ofSubject(subject), service, host: hostname };
}

function ofSubject(subject: IncidentSubject): Record<string, string | number> {
  switch (subject.of) {
    case 'leak': {
      const { address, port } = subject.endpoint;
      const endpoint = address === null ? `*:${port}` : formatEndpoint({ address, port });
      return { endpoint, direction: subject.direction ?? 'unknown', port };
    }
    case 'process':
    case 'host':
      return {};
    case 'destination':
      return { endpoint: formatEndpoint(subject.peer), localAddress: subject.localAddress };
    case 'listener':
      return subject.port === null ? {} : { endpoint: `*:${subject.port}`, port: subject.port };
    case 'state':
      return { state: subject.state, name: subject.name };
  }
}

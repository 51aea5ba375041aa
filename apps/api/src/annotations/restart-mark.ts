import { type AgentEvent, type Annotation } from '@closewatch/protocol';
import { serviceOf } from '../detection/leak-subject.ts';

export type ServiceRestarted = Extract<AgentEvent, { kind: 'service_restarted' }>;

/** What an agent saw of a service, as a change mark of its host. `digest` names the event within the host. */
export function restartMark(
  digest: string,
  { at, process, replaced }: ServiceRestarted,
): Omit<Annotation, 'hostId' | 'hostname'> {
  return {
    id: digest,
    at,
    kind: replaced ? 'deploy' : 'restart',
    service: serviceOf(process),
    text: '',
    link: null,
    source: 'agent',
    author: null,
  };
}

import { ANNOTATION_EXAMPLES } from './annotation-examples.ts';
import { CONNECTION_EXAMPLES } from './connection-examples.ts';
import { HISTORY_EXAMPLES } from './history-examples.ts';
import { HOST_EXAMPLES } from './host-examples.ts';
import { INCIDENT_EXAMPLES } from './incident-examples.ts';
import { LEAK_EXAMPLES } from './leak-examples.ts';
import { PORT_EXAMPLES } from './port-examples.ts';
import { PROCESS_EXAMPLES } from './process-examples.ts';
import { PUSH_EXAMPLES } from './push-examples.ts';
import { RETENTION_EXAMPLES } from './retention-examples.ts';
import { SESSION_EXAMPLES } from './session-examples.ts';
import { TEXT_EXAMPLES } from './text-examples.ts';
import { type RouteExamples } from './route-examples.ts';

export const EXAMPLES: RouteExamples = {
  ...SESSION_EXAMPLES,
  ...HOST_EXAMPLES,
  ...HISTORY_EXAMPLES,
  ...CONNECTION_EXAMPLES,
  ...LEAK_EXAMPLES,
  ...PROCESS_EXAMPLES,
  ...PORT_EXAMPLES,
  ...PUSH_EXAMPLES,
  ...TEXT_EXAMPLES,
  ...RETENTION_EXAMPLES,
  ...INCIDENT_EXAMPLES,
  ...ANNOTATION_EXAMPLES,
};

import { type IncidentSubject } from '@closewatch/protocol';
import { type Detection, type Finding } from '@closewatch/socket-states';
import { type SeenLeak } from './seen-leak.ts';

/** What a rule says of a key of a host, and what an incident about it is called. */
export interface HostDetection {
  readonly detection: Detection;
  readonly netns: number;
  readonly subject: IncidentSubject;
  /** Short name of what it is about. */
  readonly service: string;
  readonly finding: Finding | null;
  /** When the newest process of its service started, milliseconds; null: not known, or no service. */
  readonly restartedAt: number | null;
  /** What is seen of it, of the rule `leak`. */
  readonly leak: SeenLeak | null;
}

export const hasLevel = ({ detection: { level } }: HostDetection): boolean =>
  level === 'warning' || level === 'critical';

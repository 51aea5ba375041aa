import { RULES, VERDICTS } from '@closewatch/socket-states';
import * as z from 'zod';
import { AnnotationSchema } from './annotation.ts';
import { FindingSchema, ReasonSchema } from './finding.ts';
import { LeakSubjectSchema } from './leak-group.ts';
import { Address, Count, EndpointSchema, Instant, Text, Uuid } from './primitives.ts';

export const SEVERITIES = ['warning', 'critical'] as const;
export const INCIDENT_STATES = ['open', 'resolved'] as const;
export const RESOLVED_AS = ['recovered', 'restart', 'by_hand', 'host_gone'] as const;

/** What an incident is about; its rule says which. */
export const IncidentSubjectSchema = z.discriminatedUnion('of', [
  LeakSubjectSchema.extend({ of: z.literal('leak') }),
  z.object({
    of: z.literal('process'),
    netns: Count,
    executable: z.string(),
    unit: z.string().nullable(),
    containerId: z.string().nullable(),
  }),
  z.object({ of: z.literal('destination'), netns: Count, localAddress: Address, peer: EndpointSchema }),
  z.object({ of: z.literal('listener'), netns: Count, port: z.int().nullable() }),
  z.object({ of: z.literal('state'), netns: Count, state: z.string(), name: z.string() }),
  z.object({ of: z.literal('host') }),
]);
export type IncidentSubject = z.infer<typeof IncidentSubjectSchema>;

const named = { at: Instant, by: z.string() };

/** An incident as lists show it. */
export const IncidentSchema = z.object({
  id: Uuid,
  hostId: Uuid,
  hostname: z.string(),
  rule: z.enum(RULES),
  severity: z.enum(SEVERITIES),
  state: z.enum(INCIDENT_STATES),
  subject: IncidentSubjectSchema,
  /** Short name of what it is about: the service, the destination, the host. */
  service: z.string(),
  /** When it began, as far as was seen; when it was opened. */
  beganAt: Instant,
  openedAt: Instant,
  /** Since when the host is silent: nothing is known of it meanwhile. */
  staleSince: Instant.nullable(),
  resolvedAt: Instant.nullable(),
  resolvedAs: z.enum(RESOLVED_AS).nullable(),
  /** By names that carry their unit (socket-states, Figures), as of `figuresAt`. */
  figures: z.record(z.string(), z.number().nullable()),
  figuresAt: Instant,
  peak: z.object({ figure: z.string(), value: z.number(), at: Instant }),
  finding: FindingSchema.nullable(),
  reasons: z.array(ReasonSchema),
  acknowledged: z.object(named).nullable(),
  owner: z.string().nullable(),
  review: z.object({ ...named, verdict: z.enum(VERDICTS), agrees: z.boolean() }).nullable(),
  /** The incident of the same key before it, and how many there were. */
  previousId: Uuid.nullable(),
  recurrence: Count,
  /** The incident of the starved host that it is a part of, and how many are part of this one. */
  parentId: Uuid.nullable(),
  children: Count,
  /** Rises with each change. */
  version: Count,
});
export type Incident = z.infer<typeof IncidentSchema>;

/** What happened to an incident, in its timeline. */
export const INCIDENT_EVENT_KINDS = [
  'opened',
  'escalated',
  'eased',
  'stale',
  'fresh',
  'verdict_changed',
  'clearing',
  'resolved',
  'reopened',
  'evidence',
  'acknowledged',
  'unacknowledged',
  'owner',
  'note',
  'review',
  'restart',
] as const;
export const IncidentEventSchema = z.object({
  number: Count,
  at: Instant,
  kind: z.enum(INCIDENT_EVENT_KINDS),
  /** Who; null: Closewatch itself. */
  by: z.string().nullable(),
  /** Markdown, of notes. */
  text: z.string().nullable(),
  /** What changed: severity, verdict, owner, resolvedAs, figures. */
  content: z.record(z.string(), z.unknown()),
});
export type IncidentEvent = z.infer<typeof IncidentEventSchema>;

/** What was gathered when it fired, each as the wire has it; it outlives the retention of samples. */
export const INCIDENT_EVIDENCE_KINDS = [
  'process',
  'connections',
  'peers',
  'orphans',
  'pressure_stall',
  'ports',
  'kernel',
  'accept_queue',
  'two_ends',
  'counts',
] as const;
export const IncidentEvidenceSchema = z.object({
  number: Count,
  capturedAt: Instant,
  kind: z.enum(INCIDENT_EVIDENCE_KINDS),
  content: z.unknown(),
});
export type IncidentEvidence = z.infer<typeof IncidentEvidenceSchema>;

/** `GET /api/v1/incidents/:id`. */
export const IncidentDetailsSchema = IncidentSchema.extend({
  events: z.array(IncidentEventSchema),
  evidence: z.array(IncidentEvidenceSchema),
  /** Change marks from two hours before it began to its end: "began 4 minutes after checkout-service was restarted". */
  changes: z.array(AnnotationSchema),
  similar: z.array(IncidentSchema),
});
export type IncidentDetails = z.infer<typeof IncidentDetailsSchema>;

/** Markdown as it was typed; servers never make HTML of it. */
const Note = Text(20_000).refine((text) => text.trim() !== '', { error: 'must not be blank' });

/** What people do to an incident. */
export const NoteRequestSchema = z.object({ text: Note });
export const AcknowledgeRequestSchema = z.object({ note: Note.optional() });
export const ResolveRequestSchema = z.object({ note: Note.optional() });
export const OwnerRequestSchema = z.object({ owner: Text(128).min(1).nullable() });
export const ReviewRequestSchema = z.object({ verdict: z.enum(VERDICTS), note: Note.optional() });

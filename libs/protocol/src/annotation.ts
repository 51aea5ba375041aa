import * as z from 'zod';
import { Instant, Text, Uuid } from './primitives.ts';

export const ANNOTATION_KINDS = ['deploy', 'restart', 'config', 'maintenance', 'other'] as const;

/** What somebody, or a script of theirs, says happened: `POST /api/v1/annotations`. */
export const AnnotationRequestSchema = z.object({
  /** Now where it is left out; not more than a minute ahead. */
  at: Instant.optional(),
  kind: z.enum(ANNOTATION_KINDS).default('other'),
  /** The host it is about, by id or by name; null: all hosts. */
  host: Text(253).nullable().default(null),
  /** The service it is about, as incidents name it. */
  service: Text(256).nullable().default(null),
  text: Text(2_000).min(1),
  link: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .nullable()
    .default(null),
});

/** Where a mark comes from: somebody said so, or an agent saw it. */
export const ANNOTATION_SOURCES = ['person', 'script', 'agent'] as const;

/** A change mark as lists and charts show it; of agents' own finds (restarts, new executables) `text` is empty and `change` tells. */
export const AnnotationSchema = z.object({
  id: z.string(),
  at: Instant,
  kind: z.enum(ANNOTATION_KINDS),
  hostId: Uuid.nullable(),
  hostname: z.string().nullable(),
  service: z.string().nullable(),
  text: z.string(),
  link: z.string().nullable(),
  source: z.enum(ANNOTATION_SOURCES),
  author: z.string().nullable(),
});
export type Annotation = z.infer<typeof AnnotationSchema>;
export type AnnotationRequest = z.infer<typeof AnnotationRequestSchema>;

import { VERDICTS, type Finding, type Reason } from '@closewatch/socket-states';
import * as z from 'zod';

/** Words by their key in libs/messages, with the numbers and names that are put into them. */
export const ReasonSchema: z.ZodType<Reason> = z.object({
  key: z.string(),
  parameters: z.record(z.string(), z.union([z.string(), z.number()])),
});

/** Why connections do not close, and what that rests on (socket-states, verdict.ts). */
export const FindingSchema: z.ZodType<Finding> = z.object({
  verdict: z.enum(VERDICTS),
  confidence: z.number().min(0).max(1),
  for: z.array(ReasonSchema),
  against: z.array(ReasonSchema),
  missing: z.array(ReasonSchema),
  advice: ReasonSchema,
});

import { Text } from '@closewatch/protocol';
import { parseTcpState, RULES, TCP_STATES } from '@closewatch/socket-states';
import { z } from 'zod';
import { Duration } from './duration-text.ts';
import { namePattern } from './name-pattern.ts';
import { groupChanges, ThresholdChanges } from './threshold-changes.ts';

const MOST_ENTRIES = 200;
const LONGEST_FOR_MS = 3_600_000;
const Pattern = z.string().transform((text, context) => {
  try {
    return namePattern(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message, input: text });
    return z.NEVER;
  }
});

const State = z.string().transform((text, context) => {
  const state = parseTcpState(text);
  if (state !== undefined) return state;
  context.addIssue({ code: 'custom', message: `is no TCP state; one of ${TCP_STATES.join(', ')}`, input: text });
  return z.NEVER;
});

/** A bound of somebody's own on how many sockets are in a state. */
const StateRule = z.strictObject({
  name: Text(100).min(1),
  state: State,
  above: z.int().min(0).max(1_000_000_000),
  for: Duration.refine((ms) => ms <= LONGEST_FOR_MS, {
    error: 'must not be more than 1h, which is how much is remembered',
  }),
  severity: z.enum(['warning', 'critical']),
  hosts: Pattern.optional(),
});

/** Thresholds of some services; the others are about a host, and hold for all of it. */
const ServiceRule = z.strictObject({
  match: Pattern,
  leak: groupChanges('leak').nullish(),
  descriptors: groupChanges('descriptors').nullish(),
});

const IgnoreRule = z
  .strictObject({
    rule: z.enum(RULES, { error: `must be one of ${RULES.join(', ')}` }).optional(),
    hosts: Pattern.optional(),
    service: Pattern.optional(),
    port: z.int().min(1).max(65_535).optional(),
    because: Text(500).optional(),
  })
  .refine(({ rule, hosts, service, port }) => [rule, hosts, service, port].some((one) => one !== undefined), {
    error: 'must name a rule, hosts, a service or a port: it would ignore everything',
  });

const listOf = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .array(schema)
    .max(MOST_ENTRIES)
    .nullish()
    .transform((list) => list ?? []);

/** A rules file, read as YAML: see docs/rules.md. What is left out is as it ships. */
export const RulesFileSchema = z
  .strictObject({
    thresholds: ThresholdChanges.nullish(),
    states: listOf(StateRule),
    services: listOf(ServiceRule),
    ignore: listOf(IgnoreRule),
  })
  .transform((file) => ({ ...file, thresholds: file.thresholds ?? {} }));
export type RulesFile = z.infer<typeof RulesFileSchema>;

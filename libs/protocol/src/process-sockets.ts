import { TCP_STATES } from '@closewatch/socket-states';
import * as z from 'zod';
import { DescriptorsSchema } from './evidence.ts';
import { Address, Count, Port, Text } from './primitives.ts';
import { ProcessSchema } from './process.ts';

/** One process and the sockets it holds, by state; a state without sockets is left out. */
export const ProcessSocketsSchema = z.object({
  process: ProcessSchema,
  counts: z.partialRecord(z.enum(TCP_STATES), Count),
  descriptors: DescriptorsSchema,
});
export type ProcessSockets = z.infer<typeof ProcessSocketsSchema>;

/**
 * All processes by state, at a slower pace than counts: those with most sockets, and every holder of CLOSE_WAIT.
 * `others`: sockets of processes that are not listed; `unowned`: of nobody that could be seen (TIME_WAIT has no owner
 * and is not counted here).
 */
export const ProcessTableSchema = z.object({
  items: z.array(ProcessSocketsSchema).max(1_000),
  others: Count,
  unowned: Count,
});
export type ProcessTable = z.infer<typeof ProcessTableSchema>;

/**
 * Passage of sockets through CLOSE_WAIT at one endpoint since the last snapshot: the local end that is listened on
 * (inbound) or the peer that was dialled (outbound). Healthy turnover is a number and not rows.
 */
export const TurnoverSchema = z.object({
  direction: z.enum(['inbound', 'outbound']).nullable(),
  /** Null address: any (inbound endpoints are told by port). */
  endpoint: z.object({ address: Address.nullable(), port: Port }),
  /** Null where it is not known. */
  process: z.object({ pid: z.int().min(1), executable: Text(512) }).nullable(),
  opened: Count,
  closed: Count,
  alive: Count,
});
export type Turnover = z.infer<typeof TurnoverSchema>;

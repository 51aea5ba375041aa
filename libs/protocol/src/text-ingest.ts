import { SOCKET_TOOLS } from '@closewatch/socket-states';
import * as z from 'zod';
import { Count, Instant, StateCountsSchema, Text, Uuid } from './primitives.ts';
import { PUSH_LIMITS } from './push.ts';

/** Bounds of one text of ss or netstat; past them the server answers 413 or 400, or counts without listing. */
export const TEXT_LIMITS = {
  /** Bytes of the text after gunzip: half a million sockets as `netstat -n` prints them. */
  bodyBytes: 64 * 1024 * 1024,
  connections: PUSH_LIMITS.connections,
  skippedLines: 100,
} as const;

/** The name under which a host without an agent is shown; case does not tell two hosts apart. */
export const TextHostName = Text(253)
  .regex(/^[\p{L}\p{N}](?:[\p{L}\p{N}._-]*[\p{L}\p{N}])?$/u, {
    error: 'must be a host name: letters, digits, ".", "-" and "_", as `hostname` prints it',
  })
  .meta({ example: 'db-7.example' });

/** What was made of a text; answered after the commit. */
export const TextIngestAnswerSchema = z
  .object({
    /** The host's id in every other part of the interface; the same for the same name. */
    host: z.object({ id: Uuid, hostname: z.string() }),
    tool: z.enum(SOCKET_TOOLS),
    takenAt: Instant,
    intervalMs: z.int(),
    lines: Count,
    /** TCP sockets, in all states. */
    sockets: Count,
    /** Null for states that this call of the tool does not show. */
    counts: StateCountsSchema,
    /** `count` = `listed` + `cut` + `unlisted`; `cut`: netstat without -W cut their addresses. */
    closeWait: z.object({ count: Count, listed: Count, cut: Count, unlisted: Count }),
    /** Lines that are no part of such an output, and CLOSE_WAIT sockets that are counted but could not be listed. */
    skipped: z.array(z.object({ line: z.int().min(1), reason: z.string() })),
    /** What this way cannot tell, and what to do about it. */
    missing: z.array(z.string()),
  })
  .meta({
    example: {
      host: { id: '6f9619ff-8b86-5011-b42d-00c04fc964ff', hostname: 'db-7.example' },
      tool: 'ss',
      takenAt: '2026-11-22T03:04:05.678Z',
      intervalMs: 60_000,
      lines: 61,
      sockets: 30,
      counts: {
        listen: 6,
        syn_sent: 0,
        syn_received: 0,
        established: 20,
        fin_wait_1: 0,
        fin_wait_2: 0,
        closing: 0,
        time_wait: 1,
        close_wait: 3,
        last_ack: 0,
        closed: 0,
        unknown: 0,
      },
      closeWait: { count: 3, listed: 3, cut: 0, unlisted: 0 },
      skipped: [],
      missing: ['agent: there is none on this host, its sockets come as text from ss'],
    },
  });
export type TextIngestAnswer = z.infer<typeof TextIngestAnswerSchema>;

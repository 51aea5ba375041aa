import { Instant, Port, Text } from '@closewatch/protocol';
import { parseAddressRange } from '@closewatch/socket-states';
import { z } from 'zod';
import { pageParameters } from '../paging/page-cursor.ts';

const DAY_MS = 86_400_000;
/** One of these is needed where a longer time than this is searched. */
const CRITERIA = ['peer', 'local', 'port', 'peerPort', 'localPort', 'process', 'host'] as const;
const LONGEST_WITHOUT_MS = DAY_MS;

const AddressRange = z
  .string()
  .max(64)
  .transform((text, context) => {
    const range = parseAddressRange(text);
    if (range === undefined) {
      const message = 'must be an IPv4 or IPv6 address, or a network such as 10.0.0.0/8';
      context.addIssue({ code: 'custom', message, input: text });
      return z.NEVER;
    }
    return range;
  });
/** An empty parameter is a form that was not filled in, not port 0. */
const PortNumber = z
  .string()
  .regex(/^\d{1,5}$/, { error: 'must be a port, 0 to 65535' })
  .transform(Number)
  .pipe(Port);
const Words = (maxLength: number) => Text(maxLength).min(1);

/** `GET /api/v1/connections`: what is searched for. All that is given must be true. */
export const SearchQuery = z
  .object({
    peer: AddressRange.optional(),
    local: AddressRange.optional(),
    port: PortNumber.optional(),
    peerPort: PortNumber.optional(),
    localPort: PortNumber.optional(),
    process: Words(512).optional(),
    host: Words(253).optional(),
    at: Instant.optional(),
    from: Instant.optional(),
    to: Instant.optional(),
    open: z.enum(['true', 'false']).optional(),
    ...pageParameters({ usual: 1_000, most: 10_000 }),
  })
  .superRefine((query, context) => {
    const refuse = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message, input: undefined });
    const { at, from, to, open } = query;
    if (at !== undefined && (from !== undefined || to !== undefined)) refuse('at', 'must not be given with from or to');
    if (to !== undefined && from === undefined) refuse('from', 'must be given with to');
    if (open === 'false' && at === undefined && from === undefined) {
      refuse('open', 'must be true, or at or from be given: without them those are searched that are open now');
    }
    if (from === undefined) return;
    const until = to === undefined ? Date.now() : Date.parse(to);
    const without = CRITERIA.every((name) => query[name] === undefined);
    if (without && until - Date.parse(from) > LONGEST_WITHOUT_MS) {
      refuse('from', `must be at most a day before to, unless one of ${CRITERIA.join(', ')} is given`);
    }
  });
export type SearchQuery = z.infer<typeof SearchQuery>;

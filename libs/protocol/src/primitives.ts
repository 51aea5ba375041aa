import { TCP_STATES, canonicalAddress, type TcpState } from '@closewatch/socket-states';
import * as z from 'zod';

const NO_INSTANT = 'must be an ISO 8601 time in UTC, for example 2026-11-22T03:04:05.678Z';

/** A nanosecond clock has nine digits; a store that is handed hundreds of them refuses the text. */
const LONGEST_INSTANT = '2026-11-22T03:04:05.678901234Z'.length;

/**
 * An instant: ISO 8601 in UTC, `2026-11-22T03:04:05.678Z`, from 1970 on. Comes out with milliseconds, whatever came in,
 * so that one instant has one text.
 */
export const Instant = z.iso
  .datetime({ error: NO_INSTANT, abort: true })
  .max(LONGEST_INSTANT, { error: NO_INSTANT, abort: true })
  .refine((text) => text >= '1970', { error: 'must not be before 1970', abort: true })
  .overwrite((text) => new Date(text).toISOString());

/** The server's stores hold any text but NUL, and JSON any but half a surrogate pair: refuse both at the edge. */
export const Text = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .refine((text) => !text.includes('\0') && text.isWellFormed(), {
      error: 'must not contain NUL characters or unpaired surrogates',
    });

export const Uuid = z.uuid().toLowerCase();

/** A count that fits a Postgres integer. */
export const Count = z.int().min(0).max(2_147_483_647);

export const Port = z.int().min(0).max(65_535);

/** An address in any spelling; comes out canonical (libs/socket-states, ip-address.ts). */
export const Address = z
  .string()
  .max(64)
  .transform((text, context) => {
    const address = canonicalAddress(text);
    if (address === undefined) {
      context.addIssue({ code: 'custom', message: 'must be an IPv4 or IPv6 address', input: text });
      return z.NEVER;
    }
    return address;
  });

export const EndpointSchema = z.object({ address: Address, port: Port });

const count = Count.nullable().default(null);

/** Sockets in each state; a state that is left out, or null, was not measured. */
export const StateCountsSchema = z.object(
  Object.fromEntries(TCP_STATES.map((state) => [state, count])) as Record<TcpState, typeof count>,
);

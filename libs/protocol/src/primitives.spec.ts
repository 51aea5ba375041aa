import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import * as z from 'zod';
import { Address, Count, EndpointSchema, Instant, Port, StateCountsSchema, Text, Uuid } from './primitives.ts';

const messagesOf = (schema: z.ZodType, value: unknown): string[] => {
  const { success, error } = schema.safeParse(value);
  return success ? [] : error.issues.map(({ message }) => message);
};

describe('an instant', () => {
  it('of a clock comes back as it is', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }),
        (date) => {
          expect(Instant.parse(date.toISOString())).toBe(date.toISOString());
        },
      ),
    );
  });

  it.each([
    ['2026-11-22T03:04:05Z', '2026-11-22T03:04:05.000Z'],
    ['2026-11-22T03:04:05.6Z', '2026-11-22T03:04:05.600Z'],
    ['2026-11-22T03:04:05.678901234Z', '2026-11-22T03:04:05.678Z'],
    ['2024-02-29T00:00:00.000Z', '2024-02-29T00:00:00.000Z'],
  ])('written as %s is %s', (text, instant) => {
    expect(Instant.parse(text)).toBe(instant);
  });

  it.each([
    'yesterday',
    '',
    '2026-11-22',
    '2026-11-22T03:04Z',
    '2026-11-22 03:04:05Z',
    '2026-11-22T03:04:05',
    '2026-11-22T03:04:05+08:00',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-11-22T24:00:00Z',
    '2026-11-22T03:04:60Z',
    `2026-11-22T03:04:05.${'6'.repeat(200)}Z`,
    '+020261-01-01T00:00:00Z',
  ])('is not "%s", for one reason', (text) => {
    expect(messagesOf(Instant, text)).toEqual([
      'must be an ISO 8601 time in UTC, for example 2026-11-22T03:04:05.678Z',
    ]);
  });

  it('is not before 1970: no store has a year zero', () => {
    expect(messagesOf(Instant, '0000-01-01T00:00:00Z')).toEqual(['must not be before 1970']);
    expect(messagesOf(Instant, '1969-12-31T23:59:59.999Z')).toEqual(['must not be before 1970']);
  });

  it('is no number', () => {
    expect(messagesOf(Instant, 1_763_780_645_678)).toHaveLength(1);
  });
});

describe('a text', () => {
  const words = 'must not contain NUL characters or unpaired surrogates';

  it.each(['', 'java -jar 订单.jar', '\u{1f600}', '\t\n', '\ufffd'])('may be %j', (text) => {
    expect(Text(64).parse(text)).toBe(text);
  });

  it.each(['a\0b', '\ud83d', '\ude00', '\ude00\ud83d', 'x\ud800'])('is not %j', (text) => {
    expect(messagesOf(Text(64), text)).toEqual([words]);
  });

  it('has a longest length', () => {
    expect(Text(4).safeParse('four').success).toBe(true);
    expect(Text(4).safeParse('fives').success).toBe(false);
  });
});

describe('a UUID', () => {
  it('comes out in small letters', () => {
    expect(Uuid.parse('0191D9C8-7B5E-7ABC-8DEF-0123456789AB')).toBe('0191d9c8-7b5e-7abc-8def-0123456789ab');
  });

  it.each(['', '0191d9c87b5e7abc8def0123456789ab', '{0191d9c8-7b5e-7abc-8def-0123456789ab}', 'agent-1'])(
    'is not "%s"',
    (text) => {
      expect(Uuid.safeParse(text).success).toBe(false);
    },
  );
});

describe('a count', () => {
  it.each([0, 1, 2_147_483_647])('may be %d', (count) => {
    expect(Count.parse(count)).toBe(count);
  });

  it.each([-1, 1.5, 2_147_483_648, NaN, Infinity, '1', null])('is not %p', (count) => {
    expect(Count.safeParse(count).success).toBe(false);
  });
});

describe('an endpoint', () => {
  it('has a canonical address, however it was written', () => {
    expect(EndpointSchema.parse({ address: '::FFFF:192.0.2.1', port: 443 })).toEqual({
      address: '192.0.2.1',
      port: 443,
    });
    expect(EndpointSchema.parse({ address: '2001:DB8:0:0::1', port: 0 })).toEqual({ address: '2001:db8::1', port: 0 });
  });

  it.each(['', 'localhost', '192.0.2.1:443', '010.0.0.1', '::1::', '1'.repeat(65)])('is not at "%s"', (address) => {
    expect(Address.safeParse(address).success).toBe(false);
  });

  it('names the address when it is none', () => {
    const { error } = EndpointSchema.safeParse({ address: 'localhost', port: 1 });

    expect(error?.issues.map(({ path, message }) => [path.join('.'), message])).toEqual([
      ['address', 'must be an IPv4 or IPv6 address'],
    ]);
  });

  it.each([-1, 65_536, 80.5, '443', null])('has no port %p', (port) => {
    expect(Port.safeParse(port).success).toBe(false);
  });
});

describe('counts', () => {
  it('are null where nothing was measured, which is not zero', () => {
    expect(StateCountsSchema.parse({ close_wait: 3, time_wait: 0, listen: null })).toEqual({
      listen: null,
      syn_sent: null,
      syn_received: null,
      established: null,
      fin_wait_1: null,
      fin_wait_2: null,
      closing: null,
      time_wait: 0,
      close_wait: 3,
      last_ack: null,
      closed: null,
      unknown: null,
    });
  });

  it('leave out states that nobody knows', () => {
    expect(Object.keys(StateCountsSchema.parse({ CLOSE_WAIT: 3, mptcp: 1 }))).toHaveLength(12);
    expect(StateCountsSchema.parse({ CLOSE_WAIT: 3 }).close_wait).toBeNull();
  });

  it.each([-1, 0.5, '3', 4_294_967_296])('are not %p', (count) => {
    expect(StateCountsSchema.safeParse({ close_wait: count }).success).toBe(false);
  });
});

it('can be told to others as a JSON schema', () => {
  expect(z.toJSONSchema(z.object({ takenAt: Instant, endpoint: EndpointSchema }), { io: 'input' })).toMatchObject({
    properties: { takenAt: { type: 'string', format: 'date-time' }, endpoint: { type: 'object' } },
  });
});

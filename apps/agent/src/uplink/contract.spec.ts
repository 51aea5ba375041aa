import { describe, expect, it } from '@jest/globals';
import * as protocol from '@closewatch/protocol';
import fc from 'fast-check';
import { PROTOCOL_VERSION, PUSH_LIMITS, SOURCES, errorAnswerIn, pushAnswerIn } from './contract.ts';

/** Mostly what belongs there, sometimes anything. */
const orAnything = <Value>(usual: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: fc.jsonValue() });
const count = orAnything(fc.oneof(fc.nat(), fc.constantFrom(-1, 0.5, 2_147_483_647, 2_147_483_648)));
const text = orAnything(fc.string());
const issues = orAnything(fc.array(orAnything(fc.record({ path: text, message: text })), { maxLength: 3 }));
const instant = fc.constantFrom(
  '2026-11-22T03:04:05.678Z',
  '1969-11-22T03:04:05.678Z',
  '2026-11-22T03:04Z',
  '2026-13-22T03:04:05Z',
  '2026-11-22',
  'now',
);
const rejection = orAnything(fc.record({ index: count, issues }));

const pushAnswer = fc.record({
  accepted: count,
  duplicate: count,
  rejected: orAnything(fc.array(rejection, { maxLength: 3 })),
  serverTime: orAnything(instant),
  resync: orAnything(fc.boolean()),
});
const errorAnswer = fc.record({ statusCode: count, error: text, message: text, issues, requestId: text });

describe('the contract as the agent knows it', () => {
  it('is the one of libs/protocol', () => {
    expect({ PROTOCOL_VERSION, PUSH_LIMITS, SOURCES }).toEqual({
      PROTOCOL_VERSION: protocol.PROTOCOL_VERSION,
      PUSH_LIMITS: protocol.PUSH_LIMITS,
      SOURCES: protocol.SOURCES,
    });
  });

  it('takes for an answer to a push what the schema takes', () => {
    fc.assert(
      fc.property(orAnything(pushAnswer), (answer) => {
        const { data } = protocol.PushAnswerSchema.safeParse(answer);
        expect(pushAnswerIn(JSON.stringify(answer)) === undefined).toBe(data === undefined);
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes for an error what the schema takes', () => {
    fc.assert(
      fc.property(orAnything(errorAnswer), (answer) => {
        const { data } = protocol.ErrorAnswerSchema.safeParse(answer);
        expect(errorAnswerIn(JSON.stringify(answer)) === undefined).toBe(data === undefined);
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes no text that is no JSON', () => {
    expect([pushAnswerIn('<html>'), errorAnswerIn('')]).toEqual([undefined, undefined]);
  });
});

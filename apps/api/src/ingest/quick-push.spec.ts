import { describe, expect, it } from '@jest/globals';
import { PushSchema, SnapshotSchema } from '@closewatch/protocol';
import { TCP_STATES } from '@closewatch/socket-states';
import fc from 'fast-check';
import { buildPush, buildSnapshot } from '../testing/push-builder.ts';
import { quickEnvelope, quickSnapshot } from './quick-push.ts';

const RUNS = { numRuns: 3_000 };

/** What nobody should send, and what is nearly right. */
const odd = fc.oneof(
  fc.jsonValue(),
  fc.double(),
  fc.integer(),
  fc.constantFrom<unknown>(-1, -0, 0.5, 2 ** 31, 2 ** 31 - 1, 2 ** 53, 2 ** 53 - 1, '', null, [], {}, [null], true),
  fc.constantFrom<unknown>('\0', 'a\0b', '\ud800', 'ä', 'x'.repeat(65), 'x'.repeat(254), ['x'.repeat(600)], [1]),
  fc.constantFrom<unknown>(
    '1969-12-31T23:59:59.999Z',
    '1970-01-01T00:00:00.000Z',
    '2026-02-29T00:00:00.000Z',
    '2024-02-29T00:00:00.000Z',
    '2026-04-31T00:00:00.000Z',
    '2026-11-22T24:00:00.000Z',
    '2026-11-22T23:59:60.000Z',
    '2026-11-22T03:04:05Z',
    '2026-11-22T03:04:05.6789Z',
    '2026-11-22T03:04:05.678+01:00',
    '2026-11-22t03:04:05.678z',
    '9999-12-31T23:59:59.999Z',
  ),
  fc.constantFrom<unknown>(
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11',
    'a0eebc99-9c0b-9ef8-bb6d-6bb9bd380a11',
    'a0eebc99-9c0b-4ef8-cb6d-6bb9bd380a11',
    'a0eebc99-9c0b-7ef8-8b6d-6bb9bd380a11',
  ),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.uuid(),
);

/** The object with some fields put in another's place, left out or added, at any depth. */
function mutated(make: () => object): fc.Arbitrary<unknown> {
  const change = fc.record({ at: fc.nat(), how: fc.constantFrom('replace', 'drop', 'add'), value: odd });
  return fc.array(change, { maxLength: 3 }).map((changes) => {
    const value = structuredClone(make());
    for (const { at, how, value: other } of changes) {
      const places = placesIn(value);
      const [holder, key] = places[at % places.length] ?? [];
      if (holder === undefined || key === undefined) continue;
      if (how === 'drop') Reflect.deleteProperty(holder, key);
      else if (how === 'add') Reflect.defineProperty(holder, `${key}2`, { value: other, ...PLAIN });
      else Reflect.defineProperty(holder, key, { value: other, ...PLAIN });
    }
    // As it comes out of JSON, where nothing is undefined.
    return JSON.parse(JSON.stringify(value)) as unknown;
  });
}

const PLAIN = { enumerable: true, writable: true, configurable: true };

function placesIn(value: object): [holder: object, key: string][] {
  return Object.entries(value).flatMap(([key, child]): [object, string][] => [
    [value, key],
    ...(typeof child === 'object' && child !== null ? placesIn(child as object) : []),
  ]);
}

const counts = () => Object.fromEntries(TCP_STATES.map((state, index) => [state, index === 7 ? null : index]));
const snapshot = () => ({ ...buildSnapshot(), counts: counts() });

describe('the quick look at a snapshot', () => {
  it('takes what agents send, as the schema does', () => {
    const told = snapshot();
    expect(quickSnapshot(told)).toStrictEqual(SnapshotSchema.parse(told));
  });

  it('accepts nothing that the schema refuses, and makes nothing else of it', () => {
    fc.assert(
      fc.property(mutated(snapshot), (candidate) => {
        const quick = quickSnapshot(candidate);
        if (quick !== undefined) expect(SnapshotSchema.parse(candidate)).toStrictEqual(quick);
      }),
      RUNS,
    );
  });

  it('accepts any counts and instants that the schema accepts as they are', () => {
    const count = fc.option(fc.integer({ min: 0, max: 2_147_483_647 }));
    const dates = { min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true };
    fc.assert(
      fc.property(fc.tuple(...TCP_STATES.map(() => count)), fc.date(dates), (values, date) => {
        const told = {
          ...buildSnapshot({ takenAt: date.toISOString() }),
          counts: Object.fromEntries(TCP_STATES.map((state, index) => [state, values[index]])),
        };
        expect(quickSnapshot(told)).toStrictEqual(SnapshotSchema.parse(told));
      }),
      RUNS,
    );
  });

  it.each([
    ['connections', { connections: [{}] }],
    ['a section', { processes: {} }],
    ['a field that nobody knows', { surprise: 1 }],
    ['a field that is named as no other is', JSON.parse('{"__proto__": 1}') as object],
  ])('leaves one with %s to the schema', (_what, more) => {
    expect(quickSnapshot({ ...snapshot(), ...more, ...Object.fromEntries(Object.entries(more)) })).toBeUndefined();
  });
});

describe('the quick look at an envelope', () => {
  it('takes what agents send, as the schema does', () => {
    const push = buildPush();
    expect(quickEnvelope(push)).toStrictEqual(PushSchema.parse(push));
  });

  it('accepts nothing that the schema refuses, and makes nothing else of it', () => {
    fc.assert(
      fc.property(mutated(buildPush), (body) => {
        const quick = quickEnvelope(body);
        if (quick !== undefined) expect(PushSchema.parse(body)).toStrictEqual(quick);
      }),
      RUNS,
    );
  });

  it('leaves several snapshots, or none, to the schema', () => {
    expect(quickEnvelope(buildPush({ snapshots: [] }))).toBeUndefined();
    expect(quickEnvelope(buildPush({ snapshots: [buildSnapshot(), buildSnapshot()] }))).toBeUndefined();
  });
});

import { describe, expect, it } from '@jest/globals';
import {
  DescriptorsSchema,
  EndpointSchema,
  PortPressureSchema,
  type Ports,
  PortsSchema,
  ProcessSocketsSchema,
  type ProcessTable,
  ProcessTableSchema,
} from '@closewatch/protocol';
import { TCP_STATES } from '@closewatch/socket-states';
import fc from 'fast-check';
import { Turns } from '../history/turns.ts';
import { buildPorts, buildProcess, buildProcessTable } from '../testing/section-builder.ts';
import { PackError } from './column-codec.ts';
import { columnsOf } from './listing-columns.ts';
import { packListing, unpackListing } from './listing-pack.ts';
import { samplesOf } from './listing-samples.ts';
import { type ListingKind, type Sample } from './listing.ts';
import { PORT_LISTING } from './port-pack.ts';
import { PROCESS_LISTING } from './process-pack.ts';

const HOUR = Date.UTC(2026, 10, 22, 3);
const HOUR_MS = 3_600_000;
const turns = new Turns();

async function packed<Content, Thing>(kind: ListingKind<Content, Thing>, samples: readonly Sample<Content>[]) {
  return packListing(kind, HOUR, await columnsOf(kind, samples, turns), turns);
}

async function thereAndBack<Content, Thing>(kind: ListingKind<Content, Thing>, samples: readonly Sample<Content>[]) {
  return samplesOf(kind, unpackListing(kind, HOUR, await packed(kind, samples)), turns);
}

const count = fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 2_147_483_647 }), fc.constant(2_147_483_647));
const sampled = <Content>(content: fc.Arbitrary<Content>): fc.Arbitrary<Sample<Content>[]> =>
  fc
    .uniqueArray(fc.record({ takenAt: fc.nat({ max: HOUR_MS - 1 }).map((offset) => HOUR + offset), content }), {
      selector: ({ takenAt }) => takenAt,
      maxLength: 20,
    })
    .map((samples) => samples.sort((a, b) => a.takenAt - b.takenAt));

/** Few different ones, so that they come again, also twice in one list, and with another command line. */
const process = fc.record(
  {
    pid: fc.constantFrom(1, 2, 4_194_304),
    startedAt: fc.constantFrom('1970-01-01T00:00:00.000Z', '2026-11-22T03:04:05.678Z'),
    executable: fc.constantFrom('', '/usr/bin/java', '\u{1F980}"\\'),
    command: fc.constantFrom('java', 'x'.repeat(4_096)),
    unit: fc.constant('ssh.service'),
    containerId: fc.constant('c0ffee'),
  },
  { requiredKeys: ['pid', 'startedAt', 'executable', 'command'] },
);
const processTable: fc.Arbitrary<ProcessTable> = fc.record({
  items: fc.array(
    fc.record({
      process,
      counts: fc.dictionary(fc.constantFrom(...TCP_STATES), count),
      descriptors: fc.record({
        used: fc.option(count),
        limit: fc.option(fc.oneof(count, fc.maxSafeNat(), fc.constant(Number.MAX_SAFE_INTEGER))),
      }),
    }),
    { maxLength: 8 },
  ),
  others: count,
  unowned: count,
});
const ports: fc.Arbitrary<Ports> = fc.record({
  range: fc.option(fc.record({ low: fc.nat(65_535), high: fc.nat(65_535), reserved: count })),
  destinations: fc.array(
    fc.record({
      localAddress: fc.constantFrom('192.0.2.1', '2001:db8::1'),
      peer: fc.record({ address: fc.constantFrom('198.51.100.7', '::'), port: fc.constantFrom(0, 443) }),
      used: count,
      timeWait: count,
      available: count,
    }),
    { maxLength: 8 },
  ),
  destinationCount: count,
  closesPerSecond: fc.option(
    fc.oneof(
      count,
      count.map((hundredths) => hundredths / 100),
      fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
    ),
  ),
  timeWait: fc.option(fc.record({ count, max: fc.option(count) })),
});

describe('an hour of samples', () => {
  it('of processes comes back as it was told, whatever was told', async () => {
    await fc.assert(
      fc.asyncProperty(sampled(processTable), async (samples) => {
        for (const { content } of samples) ProcessTableSchema.parse(content);
        expect(await thereAndBack(PROCESS_LISTING, samples)).toEqual(samples);
      }),
    );
  });

  it('of ports comes back as it was told, whatever was told', async () => {
    await fc.assert(
      fc.asyncProperty(sampled(ports), async (samples) => {
        for (const { content } of samples) PortsSchema.parse(content);
        expect(await thereAndBack(PORT_LISTING, samples)).toEqual(samples);
      }),
    );
  });

  it('has all that the schemas have: whoever adds a field must pack it', () => {
    const fields = (schema: { readonly shape: object }): string[] => Object.keys(schema.shape).sort();
    expect([ProcessTableSchema, ProcessSocketsSchema, DescriptorsSchema].map(fields)).toEqual([
      ['items', 'others', 'unowned'],
      ['counts', 'descriptors', 'process'],
      ['limit', 'used'],
    ]);
    expect([PortsSchema, PortPressureSchema, EndpointSchema].map(fields)).toEqual([
      ['closesPerSecond', 'destinationCount', 'destinations', 'range', 'timeWait'],
      ['available', 'localAddress', 'peer', 'timeWait', 'used'],
      ['address', 'port'],
    ]);
  });

  it('comes back as a list of those samples alone that are wanted', async () => {
    const samples = [0, 1, 2].map((second) => ({ takenAt: HOUR + second * 1_000, content: buildPorts(second) }));
    const columns = unpackListing(PORT_LISTING, HOUR, await packed(PORT_LISTING, samples));
    expect(await samplesOf(PORT_LISTING, columns, turns, (at) => at === HOUR + 1_000)).toEqual([samples[1]]);
  });

  it('has thousands of processes that come and go in pieces, of which one can be unpacked without the others', async () => {
    const samples = Array.from({ length: 60 }, (_, sample) => ({
      takenAt: HOUR + sample * 60_000,
      content: buildProcessTable(Array.from({ length: 50 }, (_, index) => buildProcess(1 + sample * 50 + index))),
    }));
    const chunks = [...unpackListing(PROCESS_LISTING, HOUR, await packed(PROCESS_LISTING, samples)).chunks()];
    expect(chunks.length).toBeGreaterThan(10);
    const [chunk] = chunks.filter(({ things }) => things().some(({ pid }) => pid === 1_234));
    const index = chunk?.things().findIndex(({ pid }) => pid === 1_234) ?? -1;
    const established = chunk?.columns()[index]?.values[TCP_STATES.indexOf('established')] ?? [];
    expect([...established].flatMap((value, row) => (Number.isNaN(value) ? [] : [[row, value]]))).toEqual([[24, 4]]);
    expect([chunk?.keys[index], chunk?.greatest[index]]).toEqual([`1234 ${Date.parse(buildProcess(1).startedAt)}`, 7]);
  });

  it('takes about a byte for what changes, and next to nothing for what does not', async () => {
    const still = Array.from({ length: 120 }, (_, sample) => ({
      takenAt: HOUR + sample * 30_000,
      content: buildProcessTable(Array.from({ length: 20 }, (_, index) => buildProcess(1 + index))),
    }));
    expect((await packed(PROCESS_LISTING, still)).length).toBeLessThan(1_500);
  });

  it.each([
    ['cut off', (pack: Buffer) => pack.subarray(0, -1)],
    ['longer than it says', (pack: Buffer) => Buffer.concat([pack, Buffer.of(0)])],
    ['of a later version', (pack: Buffer) => Buffer.concat([Buffer.of(9), pack.subarray(1)])],
    ['of another bit', (pack: Buffer) => Buffer.concat([pack.subarray(0, -1), Buffer.of((pack.at(-1) ?? 0) ^ 1)])],
    ['empty', () => Buffer.alloc(0)],
  ])('that is %s is refused', async (_what, damage) => {
    const pack = damage(await packed(PORT_LISTING, [{ takenAt: HOUR, content: buildPorts(1) }]));
    expect(() => unpackListing(PORT_LISTING, HOUR, pack)).toThrow(PackError);
  });
});

import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { PARSERS } from './registry.ts';

const workspace = resolve(import.meta.dirname, '../..');

/** Exports that take text or bytes and yet parse nothing, or are met through another; each with its reason. */
const NOT_FUZZED: Readonly<Record<string, string>> = {
  'apps/agent/src/uplink/packing.ts#pack': 'packs what the agent wrote itself',
  'apps/agent/src/sockets/diag-socket.ts#DiagRecords': 'keeps what DiagDump has checked',
  'apps/agent/src/uplink/segment-file.ts#SegmentWriter': 'writes',
  'apps/agent/src/uplink/delivered-runs.ts#DeliveredRuns': 'is fed with what scanSegment has checked',
  'apps/agent/src/evidence/thread-look.ts#lookAtThread':
    'takes a folder; what it reads there is parsed by scheduleIn and others',
  'apps/agent/src/doctor/capability-remedies.ts#waysToGrant': "takes the agent's own words",
  'apps/agent/src/terminal/table.ts#displayWidth': "measures the agent's own words",
  'libs/socket-states/src/detectors/leak-key.ts#lastingUnit': 'looks at the end of a name',
  'libs/socket-states/src/detectors/ports-detector.ts#timeWaitIsReused': 'compares',
  'libs/socket-states/src/socket-text/text-endpoint.ts#mayBe': 'compares, and is tested with fast-check',
  'libs/socket-states/src/ip-address.ts#ipv4FromBytes': 'writes; tested with fast-check',
  'libs/socket-states/src/ip-address.ts#ipv6FromBytes': 'writes; tested with fast-check',
  'libs/socket-states/src/ip-address.ts#networkTypeOf': 'takes a canonical address',
};

/** Parameters that name a place or a thing, and do not hold what is parsed. */
const NAMES = /^(?:\w*[rR]oot|\w*[pP]ath|\w*[fF]older|architecture|error|name|file|tool)$/;
const PARSED = String.raw`(\w+): (?:string|Uint8Array|Buffer|unknown|readonly string\[\])(?: \| \w+)*[,)\s]`;
const FUNCTION = new RegExp(String.raw`^export (?:async )?function (\w+)(?:<[^>]*>)?\(\s*${PARSED}`, 'gm');
const CLASS = /^export class (\w+)[^]*?^}/gm;
/** A class that is fed bytes, piece by piece. */
const FED = new RegExp(String.raw`^ {2}(?:add|append|write)\(${PARSED}`, 'm');

/** Everything in the sources that is handed text or bytes: `FILE#EXPORT`. */
function found(): string[] {
  const files = globSync('{apps/agent,libs/socket-states}/src/**/*.ts', { cwd: workspace });
  return files
    .filter((file) => !/\.spec\.ts$|\/testing\//.test(file))
    .flatMap((file) => {
      const source = readFileSync(join(workspace, file), 'utf8');
      const functions = [...source.matchAll(FUNCTION)].filter(([, , parameter = '']) => !NAMES.test(parameter));
      const classes = [...source.matchAll(CLASS)].filter(([text]) => FED.test(text));
      return [...functions, ...classes].map(([, name]) => `${file}#${name}`);
    });
}

describe('the registry of parsers', () => {
  const covered = new Set(PARSERS.flatMap(({ covers }) => covers));

  it('finds parsers in the sources', () => {
    expect(found()).toEqual(
      expect.arrayContaining([
        'apps/agent/src/sockets/sockstat.ts#timeWaitRecordsIn',
        'apps/agent/src/sockets/proc-tcp-line.ts#heldBy',
        'apps/agent/src/sockets/diag-dump.ts#DiagDump',
        'apps/agent/src/kernel/proc-counters.ts#countersIn',
        'libs/socket-states/src/socket-text/text-lines.ts#TextLines',
      ]),
    );
  });

  it('has every one of them, or the reason why not', () => {
    const missing = found().filter((name) => !covered.has(name) && !Object.hasOwn(NOT_FUZZED, name));
    expect(missing).toEqual([]);
  });

  it('names nothing that is not there', () => {
    const gone = [...covered, ...Object.keys(NOT_FUZZED)].filter((entry) => {
      const [file = '', name = ''] = entry.split('#');
      return !new RegExp(`^export (?:async )?(?:function|class) ${name}\\b`, 'm').test(
        readFileSync(join(workspace, file), 'utf8'),
      );
    });
    expect(gone).toEqual([]);
  });

  it('has each parser under a name of its own, with samples that it takes', () => {
    expect(new Set(PARSERS.map(({ name }) => name)).size).toBe(PARSERS.length);
    for (const parser of PARSERS) {
      const samples = parser.samples();
      expect({ parser: parser.name, samples: samples.length > 0 }).toEqual({ parser: parser.name, samples: true });
      for (const sample of samples) {
        try {
          parser.run(sample);
        } catch (error) {
          expect({ parser: parser.name, documented: parser.mayThrow?.(error) }).toEqual({
            parser: parser.name,
            documented: true,
          });
        }
      }
    }
  });
});

import { crc32 } from 'node:zlib';
import { errorAnswerIn, pushAnswerIn } from '../../../apps/agent/src/uplink/contract.ts';
import { dateOf } from '../../../apps/agent/src/uplink/http-exchange.ts';
import { meaningOf } from '../../../apps/agent/src/uplink/push-answer.ts';
import {
  encodeRecord,
  FILE_HEADER,
  RECORD_HEADER_BYTES,
  type Scanned,
  scanSegment,
} from '../../../apps/agent/src/uplink/outbox-record.ts';
import { type FuzzedParser, textParser } from '../fuzzed-parser.ts';

const UPLINK = 'apps/agent/src/uplink';
const RUN = { runId: '0191d9c8-7b5e-7abc-8def-0123456789ac', bootId: '5c1f3ab2-9d59-4f0c-8a3c-6a7d5e9a3f10' };
const MARK = Buffer.from('CWR1');

function segments(): Buffer[] {
  const parcel = (seq: number) => ({
    run: RUN,
    seq,
    takenAtMs: 1_795_300_000_000 + seq * 5_000,
    size: 300,
    packed: Buffer.from(`packed ${seq}`),
  });
  const records = [
    encodeRecord({ kind: 'agent', run: RUN, agent: '{"version":"0.1.0","hostname":"web-1"}' }),
    encodeRecord({ kind: 'snapshot', parcel: parcel(0) }),
    encodeRecord({ kind: 'snapshot', parcel: parcel(1) }),
    encodeRecord({ kind: 'done', run: RUN, from: 0, to: 1 }),
  ];
  return [Buffer.concat([FILE_HEADER, ...records]), Buffer.concat([FILE_HEADER, ...records.slice(1, 2)]), FILE_HEADER];
}

const outbox: FuzzedParser = {
  name: 'outbox-segment',
  covers: [`${UPLINK}/outbox-record.ts#scanSegment`],
  samples: segments,
  run: (input) => scanSegment(input),
  fault: (value, input) => {
    const { records, damaged } = value as Scanned;
    let before = 0;
    for (const { start, end } of records) {
      if (start < before || end > input.length || end - start < RECORD_HEADER_BYTES)
        return 'records overlap or leave the file';
      before = end;
    }
    return damaged <= records.length + 1 ? undefined : 'more gaps than there can be between records';
  },
  /** Makes lengths and checksums right, so that what stands in the records is what is wrong. */
  repair: (input) => {
    const copy = Buffer.from(input);
    for (let at = copy.indexOf(MARK); at !== -1; at = copy.indexOf(MARK, at + 1)) {
      const next = copy.indexOf(MARK, at + 4);
      const end = next === -1 ? copy.length : next;
      if (end - at < RECORD_HEADER_BYTES) continue;
      copy.writeUInt32LE(end - at - RECORD_HEADER_BYTES, at + 8);
      copy.writeUInt32LE(crc32(copy.subarray(at + 8, end)), at + 4);
    }
    return copy;
  },
};

const ANSWERS = [
  {
    accepted: 1,
    duplicate: 0,
    rejected: [{ index: 0, issues: [{ path: 'counts', message: 'x' }] }],
    serverTime: '2026-11-22T03:04:05.678Z',
    resync: false,
  },
  {
    statusCode: 400,
    error: 'Bad Request',
    message: 'The push is not valid.',
    issues: [{ path: 'snapshots.0', message: 'x' }],
    requestId: 'r',
  },
].map((answer) => JSON.stringify(answer));

const httpAnswers: FuzzedParser = {
  name: 'http-answer',
  covers: [`${UPLINK}/push-answer.ts#meaningOf`, `${UPLINK}/http-exchange.ts#dateOf`],
  samples: () =>
    ['200', '400', '429'].flatMap((status) =>
      ['5', 'Sun, 22 Nov 2026 03:04:05 GMT'].flatMap((wait) =>
        ANSWERS.map((body) => Buffer.from(`${status}\x1e${wait}\x1e${body}`)),
      ),
    ),
  run: (input) => {
    const [status = '', header = '', ...body] = input.toString('utf8').split('\x1e');
    const headers = { 'retry-after': header, date: header };
    const answer = { status: Number.parseInt(status, 10) || 0, headers, body: body.join('\x1e') };
    return [meaningOf(answer, 1_795_300_000_000), dateOf(answer)];
  },
  // A date may lie before 1970, and what a server says of its status is its own.
  signed: true,
};

export const UPLINK_TEXTS: readonly FuzzedParser[] = [
  outbox,
  textParser('answer', `${UPLINK}/contract.ts`, { pushAnswerIn, errorAnswerIn }, ANSWERS, { signed: true }),
  httpAnswers,
];

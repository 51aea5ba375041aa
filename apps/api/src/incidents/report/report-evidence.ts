import { INCIDENT_EVIDENCE_CONTENTS, type IncidentEvidence, type IncidentEvidenceContents } from '@closewatch/protocol';
import { formatEndpoint } from '@closewatch/socket-states';
import { type z } from 'zod';
import { plain, table } from './markdown-text.ts';
import { type ReportWords } from './report-words.ts';

/** Rows of a table: the report says what was seen, the API has all of it. */
const ROWS = 20;

type Process = IncidentEvidenceContents['process'];

/** What was gathered, as blocks of Markdown. */
export function evidenceBlocks(words: ReportWords, evidence: IncidentEvidence): string[] {
  return [
    `### ${titleOf(words, evidence)}`,
    words.of('report.captured', { at: words.instant(evidence.capturedAt) }),
    ...contentBlocks(words, evidence),
  ];
}

function titleOf(words: ReportWords, { kind, content }: IncidentEvidence): string {
  const process = kind === 'process' ? INCIDENT_EVIDENCE_CONTENTS.process.safeParse(content).data : undefined;
  if (process === undefined) return words.of(`report.evidence.${kind}`, { executable: '?', pid: '?' });
  return words.of('report.evidence.process', { executable: process.process.executable, pid: process.process.pid });
}

/** What a newer or older server has stored may not fit: it is told as it lies. */
function contentBlocks(words: ReportWords, { kind, content }: IncidentEvidence): string[] {
  const { connections, peers, process } = INCIDENT_EVIDENCE_CONTENTS;
  const fitting =
    kind === 'connections'
      ? blocksOf(connections, content, (data) => connectionBlocks(words, data))
      : kind === 'peers'
        ? blocksOf(peers, content, (data) => peerBlocks(words, data))
        : kind === 'process'
          ? blocksOf(process, content, (data) => processBlocks(words, data))
          : undefined;
  return fitting ?? facts(words, content);
}

function blocksOf<Data>(
  schema: z.ZodType<Data>,
  content: unknown,
  blocks: (data: Data) => string[],
): string[] | undefined {
  const { data } = schema.safeParse(content);
  return data === undefined ? undefined : blocks(data);
}

function connectionBlocks(words: ReportWords, { total, items }: IncidentEvidenceContents['connections']): string[] {
  const shown = items.slice(0, ROWS);
  const names = ['local', 'peer', 'since', 'recv_queue', 'send_queue', 'process'];
  return [
    words.of('report.shown', { shown: shown.length, total }),
    ...table(
      names.map((name) => words.of(`report.${name}`)),
      shown.map(({ local, peer, openedBefore, recvQueue, sendQueue, owners }) => [
        plain(formatEndpoint(local)),
        plain(formatEndpoint(peer)),
        words.instant(openedBefore),
        String(recvQueue),
        String(sendQueue),
        plain(owners.map(({ executable, pid }) => `${executable} (${pid})`).join(', ')),
      ]),
    ),
  ];
}

function peerBlocks(words: ReportWords, { total, items }: IncidentEvidenceContents['peers']): string[] {
  const shown = items.slice(0, ROWS);
  return [
    words.of('report.shown', { shown: shown.length, total }),
    ...table(
      [words.of('report.address'), words.of('report.connections')],
      shown.map(({ address, count }) => [plain(address), words.value('count', count)]),
    ),
  ];
}

function processBlocks(words: ReportWords, { waits, ...rest }: Process): string[] {
  const names = ['threads', 'thread_state', 'wchan', 'syscall'];
  return [
    ...facts(words, rest),
    ...table(
      names.map((name) => words.of(`report.${name}`)),
      waits
        .slice(0, ROWS)
        .map(({ threads, state, wchan, syscall }) => [
          words.value('threads', threads),
          plain(state),
          plain(wchan ?? ''),
          plain(syscall ?? ''),
        ]),
    ),
  ];
}

/** Whatever it is as a table of names and values, in the names of the API. */
function facts(words: ReportWords, content: unknown): string[] {
  const found = [...leavesOf('', content)];
  const shown = found.slice(0, ROWS * 3);
  return [
    ...(shown.length < found.length ? [words.of('report.shown', { shown: shown.length, total: found.length })] : []),
    ...table(
      [words.of('report.fact'), words.of('report.value')],
      shown.map(([name, value]) => [plain(name), plain(value)]),
    ),
  ];
}

function* leavesOf(name: string, value: unknown): Generator<[name: string, value: string]> {
  if (value === null || value === undefined) return;
  if (typeof value !== 'object') {
    yield [name, typeof value === 'string' ? value : JSON.stringify(value)];
    return;
  }
  const isList = Array.isArray(value);
  for (const [key, inner] of Object.entries(value)) {
    yield* leavesOf(isList ? `${name}[${key}]` : name === '' ? key : `${name}.${key}`, inner);
  }
}

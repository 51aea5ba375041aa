import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitingIn, type DeliveredRuns } from './delivered-runs.ts';
import { type LossListener } from './losses.ts';
import { FILE_HEADER, scanSegment } from './outbox-record.ts';
import { type Segment } from './segment-file.ts';

const SEGMENT_NAME = /^(\d{12})\.segment$/;

export function segmentPath(folder: string, number: number): string {
  return join(folder, `${String(number).padStart(12, '0')}.segment`);
}

/**
 * Takes up the segments that an earlier run left in the folder, oldest first, and learns from them what is delivered.
 * What is torn or damaged is counted and taken out of its file, so that it is counted once.
 */
export async function recoverSegments(
  folder: string,
  delivered: DeliveredRuns,
  losses: LossListener,
): Promise<Segment[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const names = await readdir(folder);
  for (const name of names.filter((any) => any.endsWith('.draft'))) await rm(join(folder, name), { force: true });
  const segments: Segment[] = [];
  // The newest first: what it says is delivered stands in it or before it.
  for (const name of names
    .filter((any) => SEGMENT_NAME.test(any))
    .sort()
    .reverse()) {
    const segment = await recover(join(folder, name), Number.parseInt(name, 10), delivered, losses);
    if (segment !== undefined) segments.unshift(segment);
  }
  return segments;
}

async function recover(
  path: string,
  number: number,
  delivered: DeliveredRuns,
  losses: LossListener,
): Promise<Segment | undefined> {
  const contents = await readFile(path);
  const { records, damaged } = scanSegment(contents);
  if (damaged > 0) losses.damaged(damaged);
  for (const { record } of records) {
    if (record.kind === 'done') delivered.add(record.run.runId, record.from, record.to);
  }
  const waiting = waitingIn(records, delivered).map(({ takenAtMs }) => takenAtMs);
  if (waiting.length === 0 && !records.some(({ record }) => record.kind === 'done')) {
    await rm(path, { force: true });
    return undefined;
  }
  let bytes = contents.length;
  if (damaged > 0) {
    const sound = Buffer.concat([FILE_HEADER, ...records.map(({ start, end }) => contents.subarray(start, end))]);
    bytes = sound.length;
    await writeFile(`${path}.draft`, sound, { mode: 0o600 });
    await rename(`${path}.draft`, path);
  }
  const fromMs = waiting.reduce((a, b) => Math.min(a, b), Infinity);
  const toMs = waiting.reduce((a, b) => Math.max(a, b), -Infinity);
  return { path, number, bytes, waiting: waiting.length, fromMs, toMs };
}

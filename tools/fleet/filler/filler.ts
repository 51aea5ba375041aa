import { planHost } from '../world/host.ts';
import { pastTelling } from '../world/telling.ts';
import { batchesOf, looksIn, type Batch, type Past } from './batches.ts';
import { PushClient } from './push-client.ts';

export interface FillOptions {
  readonly seed: number;
  readonly hosts: number;
  /** Milliseconds since 1970. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly intervalMs: number;
  readonly server: URL;
  readonly token: string;
  /** Pushes under way at a time, each of another host. */
  readonly parallel: number;
  readonly stop: AbortSignal;
  readonly onProgress: (progress: FillProgress) => void;
}

export interface FillProgress {
  readonly accepted: number;
  readonly duplicate: number;
  readonly rejected: number;
  readonly pushes: number;
  /** From 0 to 1. */
  readonly part: number;
  /** How often the server asked for a pause. */
  readonly waits: number;
  /** Why the server rejected the last one that it did. */
  readonly reason: string | undefined;
}

/** One push of a host, then one of the next, so that all hosts come forward together. */
const LOOKS_A_TURN = 1_000;

/** Writes the past of a fleet, oldest first, through the protocol. Rejects as PushClient does. */
export async function fill(options: FillOptions): Promise<FillProgress> {
  const { seed, hosts, fromMs, untilMs, intervalMs, parallel, stop } = options;
  const client = new PushClient(options.server, options.token, stop);
  const telling = pastTelling(intervalMs);
  const whole = Array.from({ length: hosts }, (_, index): Past => {
    return { plan: planHost(seed, index), telling, fromMs, untilMs, tellsOpen: true };
  });
  const looks = whole.reduce((sum, past) => sum + looksIn(past), 0);
  let progress: FillProgress = {
    accepted: 0,
    duplicate: 0,
    rejected: 0,
    pushes: 0,
    part: 0,
    waits: 0,
    reason: undefined,
  };
  const turnMs = LOOKS_A_TURN * intervalMs;
  let sent = 0;

  const deliver = async ({ head, snapshots }: Batch): Promise<void> => {
    const { accepted, duplicate, rejected } = await client.push(head, snapshots);
    const [issue] = rejected[0]?.issues ?? [];
    progress = {
      ...progress,
      accepted: progress.accepted + accepted,
      duplicate: progress.duplicate + duplicate,
      rejected: progress.rejected + rejected.length,
      pushes: progress.pushes + 1,
      waits: client.waits,
      reason: issue === undefined ? progress.reason : `${issue.path}: ${issue.message}`,
    };
  };
  for (let from = fromMs; from < untilMs; from += turnMs) {
    const until = Math.min(untilMs, from + turnMs);
    const waiting = whole.map((past) => ({ ...past, fromMs: from, untilMs: until, tellsOpen: until === untilMs }));
    const worker = async (): Promise<void> => {
      for (let past = waiting.shift(); past !== undefined; past = waiting.shift()) {
        for (const batch of batchesOf(past)) await deliver(batch);
        sent += looksIn(past);
        progress = { ...progress, part: looks === 0 ? 1 : sent / looks };
        options.onProgress(progress);
      }
    };
    await Promise.all(Array.from({ length: parallel }, worker));
  }
  return progress;
}

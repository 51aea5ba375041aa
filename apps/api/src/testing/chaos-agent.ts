import { gzipSync } from 'node:zlib';
import { setTimeout as sleep } from 'node:timers/promises';
import { type PushAnswer, type Snapshot } from '@closewatch/protocol';
import { buildPush, buildSnapshot, iso } from './push-builder.ts';

const RETRY_MS = 20;

/** Where to push, as it stands: a server that is started again has another port. */
export type Target = () => { readonly url: string; readonly token: string };

/** An agent that never gives up, and knows what it was told. */
export class ChaosAgent {
  readonly push = buildPush();
  /** Instants of snapshots, milliseconds since the epoch. */
  readonly sent = new Set<number>();
  readonly acknowledged = new Set<number>();
  /** What should not happen: other answers than 200 and 503. */
  readonly faults: string[] = [];

  constructor(private readonly target: Target) {}

  /** Pushes snapshots of these instants, again and again, until they are acknowledged. */
  async tell(instants: readonly number[]): Promise<void> {
    for (const at of instants) this.sent.add(at);
    const body = gzipSync(JSON.stringify({ ...this.push, snapshots: instants.map(snapshotOf) }));
    while (!(await this.attempt(body, instants.length))) await sleep(RETRY_MS);
    for (const at of instants) this.acknowledged.add(at);
  }

  private async attempt(body: Uint8Array<ArrayBuffer>, snapshots: number): Promise<boolean> {
    const { url, token } = this.target();
    try {
      const answer = await fetch(`${url}/api/v1/snapshots`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-encoding': 'gzip', authorization: `Bearer ${token}` },
        body,
      });
      const text = await answer.text();
      if (answer.status !== 200) {
        if (answer.status !== 503) this.faults.push(`${answer.status}: ${text}`);
        return false;
      }
      const { accepted, duplicate } = JSON.parse(text) as PushAnswer;
      if (accepted + duplicate !== snapshots) this.faults.push(text);
      return true;
    } catch {
      // Nobody there, or gone before it answered.
      return false;
    }
  }
}

/** What the snapshot of an instant says, so that it can be known again. */
export function snapshotOf(at: number): Snapshot {
  const counts = { established: established(at), close_wait: at % 11 } as Snapshot['counts'];
  return buildSnapshot({ takenAt: iso(at), seq: at % 100_000, counts });
}

export function established(at: number): number {
  return Math.floor(at / 7) % 1_000;
}

import { type Agent } from '@closewatch/protocol';
import { type Losses } from '../uplink/losses.ts';
import { type Parcel, type Run } from '../uplink/parcel.ts';

export const BOOT_ID = '3c9f4a51-7e60-4b0e-9a39-0d4f1a7c5e22';

/** The run of this number. */
export function runOf(number: number): Run {
  return { runId: `559df0b4-039e-477f-bf21-${String(number).padStart(12, '0')}`, bootId: BOOT_ID };
}

/** When snapshots of tests begin. */
export const START_MS = Date.UTC(2026, 10, 22, 3);

/** Snapshot `seq` of a run, taken `seq` seconds after the start, with so many bytes that say which it is. */
export function parcelOfBytes(run: Run, seq: number, bytes = 100): Parcel {
  return { run, seq, takenAtMs: START_MS + seq * 1_000, size: bytes * 3, packed: Buffer.alloc(bytes, `${seq} `) };
}

export const AGENT: Agent = {
  version: '1.2.3',
  hostname: 'h',
  machineId: '',
  kernel: 'Linux',
  source: 'netlink',
  capabilities: [],
  missing: [],
  clockOffsetMs: 0,
};

/** Adds up what is lost. */
export class CountedLosses implements Pick<Losses, 'dropped' | 'damaged' | 'save'> {
  readonly drops: { snapshots: number; fromMs: number; toMs: number }[] = [];
  damages = 0;

  get droppedSnapshots(): number {
    return this.drops.reduce((sum, { snapshots }) => sum + snapshots, 0);
  }

  dropped(snapshots: number, fromMs: number, toMs: number): void {
    this.drops.push({ snapshots, fromMs, toMs });
  }

  damaged(records: number): void {
    this.damages += records;
  }

  save(): Promise<void> {
    return Promise.resolve();
  }
}

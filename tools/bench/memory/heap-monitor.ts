import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const LONGEST_WAIT_MS = 5_000;

/** Asks a Node program how much of its heap is in use. Nothing is collected for that. */
export class HeapMonitor {
  readonly #folder = mkdtempSync(join(tmpdir(), 'closewatch-heap-'));
  readonly #file = join(this.#folder, 'heap.json');
  /** For Node, before the program. */
  readonly nodeWords = ['--import', join(import.meta.dirname, 'heap-monitor.mjs')];
  readonly environment = { HEAP_MONITOR_FILE: this.#file };

  /** Megabytes of a million bytes. */
  async heapMb(pid: number): Promise<number> {
    rmSync(this.#file, { force: true });
    process.kill(pid, 'SIGUSR2');
    const deadline = performance.now() + LONGEST_WAIT_MS;
    while (performance.now() < deadline) {
      await sleep(20);
      try {
        return (JSON.parse(readFileSync(this.#file, 'utf8')) as { heapUsed: number }).heapUsed / 1e6;
      } catch {
        // Not written yet.
      }
    }
    throw new Error('the heap monitor does not answer');
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

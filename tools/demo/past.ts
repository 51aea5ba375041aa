import { fill, type FillProgress } from '../fleet/filler/filler.ts';
import { type DemoOptions } from './options.ts';
import { type DemoServer } from './demo-server.ts';
import { readFilled, writeFilled } from './filled-past.ts';

const DAY_MS = 86_400_000;
/** What the charts show at first comes first, as closely as they show it: three looks of 5 s apart they draw a gap. */
const FIRST_MS = 70 * 60_000;
const FIRST_INTERVAL_MS = 10_000;
const INTERVAL_MS = 60_000;
const NOTE_EVERY_MS = 10_000;

/**
 * The past of the demonstration's hosts: written in the background at the first start; later ones write what the time
 * between two demonstrations left out.
 */
export class Past {
  readonly #options: DemoOptions;
  readonly #server: DemoServer;
  readonly #stop: AbortSignal;
  readonly #liveFromMs = Date.now();
  #fromMs = this.#liveFromMs;
  #noting: NodeJS.Timeout | undefined;

  constructor(options: DemoOptions, server: DemoServer, stop: AbortSignal) {
    this.#options = options;
    this.#server = server;
    this.#stop = stop;
  }

  /** Writes it; rejects as fill does. */
  async write(onProgress: (part: number) => void): Promise<FillProgress | undefined> {
    const { days, dataFolder, seed, hosts } = this.#options;
    const wantedMs = this.#liveFromMs - days * DAY_MS;
    const filled = readFilled(dataFolder, seed, hosts);
    const isThere = filled !== undefined && filled.fromMs <= wantedMs + DAY_MS;
    const beginMs = isThere ? Math.max(wantedMs, filled.untilMs) : wantedMs;
    this.#fromMs = isThere ? filled.fromMs : wantedMs;
    const firstMs = Math.max(beginMs, this.#liveFromMs - FIRST_MS);
    let last: FillProgress | undefined;
    const parts = [
      { fromMs: firstMs, untilMs: this.#liveFromMs, intervalMs: FIRST_INTERVAL_MS },
      { fromMs: beginMs, untilMs: firstMs, intervalMs: INTERVAL_MS },
    ];
    for (const part of parts.filter(({ fromMs, untilMs }) => untilMs - fromMs > FIRST_INTERVAL_MS)) {
      last = await fill({
        ...this.#options,
        ...part,
        server: this.#server.url,
        token: this.#server.token,
        // People look at pages meanwhile: one core is theirs.
        parallel: 1,
        stop: this.#stop,
        onProgress: ({ part }) => onProgress(part),
      });
    }
    this.#note();
    this.#noting = setInterval(() => this.#note(), NOTE_EVERY_MS);
    return last;
  }

  /** Nothing happens any more: up to now the past is written, if it was. */
  end(): void {
    if (this.#noting === undefined) return;
    clearInterval(this.#noting);
    this.#note();
  }

  #note(): void {
    const { dataFolder, seed, hosts } = this.#options;
    writeFilled(dataFolder, { seed, hosts, fromMs: this.#fromMs, untilMs: Date.now() });
  }
}

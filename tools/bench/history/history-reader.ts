import { type Filled } from './filler.ts';

const HOUR_MS = 3_600_000;
const POINTS = 500;
/** Of a host, this share of its steps at least must have a value. */
const LEAST_SHARE = 0.95;
/** The peers that apps/api/src/testing/filled-hosts.queries.ts invents, 198.18.0.0 and those that follow. */
const PEERS = 20_000;

/** The range that a round, from 0 to 1, asks for: of those that there are, an earlier one each time. */
export function rangeOf(filled: Filled, rangeMs: number, round: number): { from: number; to: number } {
  const room = Math.max(HOUR_MS, filled.packedUntil - filled.from - rangeMs);
  const to = filled.packedUntil - round * room;
  return { from: to - rangeMs, to };
}

interface Series {
  readonly t: readonly number[];
  readonly series: { readonly established: { readonly avg: readonly (number | null)[] } };
}

/** Asks the API as a browser does, and looks whether the answer is one; `round`, from 0 to 1, varies what is asked for. */
export class HistoryReader {
  readonly #url: string;
  readonly #cookie: string;
  readonly #filled: Filled;

  constructor(url: string, cookie: string, filled: Filled) {
    this.#url = url;
    this.#cookie = cookie;
    this.#filled = filled;
  }

  async series(rangeMs: number, round: number): Promise<void> {
    const { from, to } = rangeOf(this.#filled, rangeMs, round);
    const path = `/api/v1/hosts/${this.#filled.id}/states?from=${iso(from)}&to=${iso(to)}&points=${POINTS}`;
    const { t, series } = await this.#read<Series>(path);
    const known = series.established.avg.filter((value) => value !== null).length;
    // Some steps are of whole hours: there may be fewer than were asked for.
    check(t.length > POINTS / 2 && known >= LEAST_SHARE * t.length, `${known} of ${t.length} steps have a value`);
  }

  /** As of an instant of the last half day, all hosts on one page. */
  async fleet(round: number): Promise<void> {
    const at = this.#filled.packedUntil - round * 11 * HOUR_MS - 1;
    const path = `/api/v1/fleet?at=${iso(at)}&limit=1000`;
    const { items, totals } = await this.#read<{ items: unknown[]; totals: { hosts: { live: number } } }>(path);
    check(items.length === 1_000 && totals.hosts.live === 1_000, `${totals.hosts.live} of ${items.length} are live`);
  }

  /** As of an instant of the last three weeks. */
  async connections(round: number): Promise<void> {
    const at = this.#filled.to - (0.01 + round * 0.7) * (this.#filled.to - this.#filled.from);
    const path = `/api/v1/hosts/${this.#filled.id}/connections?state=close_wait&at=${iso(at)}`;
    const { items } = await this.#read<{ items: unknown[] }>(path);
    check(items.length > 10, `there are ${items.length} connections`);
  }

  /** Over all hosts and the whole month. */
  async search(round: number): Promise<void> {
    const peer = Math.floor(round * PEERS);
    const address = `198.18.${peer >> 8}.${peer & 255}`;
    const path = `/api/v1/connections?peer=${address}&from=${iso(this.#filled.from)}`;
    const { items } = await this.#read<{ items: unknown[] }>(path);
    check(items.length > 10, `${items.length} connections were found`);
  }

  async #read<Body>(path: string): Promise<Body> {
    const answer = await fetch(`${this.#url}${path}`, { headers: { cookie: this.#cookie } });
    if (!answer.ok) throw new Error(`GET ${path} answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as Body;
  }
}

function check(right: boolean, otherwise: string): void {
  if (!right) throw new Error(`The answer is not what was filled: ${otherwise}.`);
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

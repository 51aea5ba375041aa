import { setTimeout as sleep } from 'node:timers/promises';
import type { Incident, LeakGroups } from '@closewatch/protocol';

const LONGEST_WAIT_MS = 60_000;

/** Asks the server what people would read on its pages. */
export class VerdictReader {
  readonly #url: string;
  readonly #cookie: string;

  constructor(url: string, cookie: string) {
    this.#url = url;
    this.#cookie = cookie;
  }

  /** Waits until a host of that name has pushed; returns its id. */
  async hostNamed(hostname: string): Promise<string> {
    for (const deadline = performance.now() + LONGEST_WAIT_MS; performance.now() < deadline; await sleep(500)) {
      const { items } = await this.#read<{ items: { id: string; hostname: string }[] }>('hosts');
      const host = items.find((item) => item.hostname === hostname);
      if (host !== undefined) return host.id;
    }
    throw new Error(`${hostname} did not push`);
  }

  leaksOf(hostId: string): Promise<LeakGroups> {
    return this.#read(`hosts/${hostId}/leaks`);
  }

  /** All incidents of a host, open and resolved. */
  async incidentsOf(hostId: string): Promise<Incident[]> {
    const { items } = await this.#read<{ items: Incident[] }>('incidents?state=all&limit=1000');
    return items.filter((incident) => incident.hostId === hostId);
  }

  async #read<Answer>(path: string): Promise<Answer> {
    const answer = await fetch(`${this.#url}/api/v1/${path}`, { headers: { cookie: this.#cookie } });
    if (!answer.ok) throw new Error(`GET ${path} was answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as Answer;
  }
}

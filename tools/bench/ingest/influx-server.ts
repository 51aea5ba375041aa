import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProgram } from '../../programs/end-program.ts';
import { freePort } from '../../programs/free-port.ts';
import { isInstalled } from '../../programs/is-installed.ts';
import { cpuMsOf } from '../agent/process-cost.ts';

const LONGEST_START_MS = 20_000;
const LONGEST_STOP_MS = 20_000;

/** InfluxDB 1.x on loopback, in a temporary folder; reports to nobody, and syncs each write as it is set to by default. */
export class InfluxServer {
  readonly #folder: string;
  readonly #child: ChildProcess;
  readonly url: string;

  private constructor(port: number, backupPort: number) {
    this.#folder = mkdtempSync(join(tmpdir(), 'closewatch-influx-'));
    this.url = `http://127.0.0.1:${port}`;
    const file = join(this.#folder, 'influxdb.conf');
    writeFileSync(file, configuration(this.#folder, port, backupPort));
    this.#child = spawn('influxd', ['-config', file], { stdio: 'ignore' });
  }

  static isInstalled(): boolean {
    return isInstalled('influxd');
  }

  /** Starts it and makes the database `bench`. */
  static async start(): Promise<InfluxServer> {
    const server = new InfluxServer(await freePort(), await freePort());
    const deadline = performance.now() + LONGEST_START_MS;
    for (;;) {
      try {
        await server.query('CREATE DATABASE bench');
        return server;
      } catch (error) {
        if (performance.now() > deadline) {
          await server.stop();
          throw new Error('influxd did not start', { cause: error });
        }
        await sleep(100);
      }
    }
  }

  /** Where lines are written to. */
  get writeUrl(): string {
    return `${this.url}/write?db=bench&precision=ms`;
  }

  cpuMs(): number {
    if (this.#child.pid === undefined) throw new Error('influxd did not start');
    return cpuMsOf(this.#child.pid);
  }

  /** Points that it has stored. */
  async points(): Promise<number> {
    const { results } = (await this.query('SELECT count(established) FROM bench.autogen.sockets')) as {
      results: { series?: { values: [string, number][] }[] }[];
    };
    return results[0]?.series?.[0]?.values[0]?.[1] ?? 0;
  }

  async query(text: string): Promise<unknown> {
    const answer = await fetch(`${this.url}/query`, { method: 'POST', body: new URLSearchParams({ q: text }) });
    if (!answer.ok) throw new Error(`influxd answered ${answer.status}`);
    return answer.json();
  }

  async stop(): Promise<void> {
    await endProgram(this.#child, LONGEST_STOP_MS);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function configuration(folder: string, port: number, backupPort: number): string {
  return `
reporting-disabled = true
bind-address = "127.0.0.1:${backupPort}"
[meta]
  dir = "${join(folder, 'meta')}"
[data]
  dir = "${join(folder, 'data')}"
  wal-dir = "${join(folder, 'wal')}"
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:${port}"
  log-enabled = false
[logging]
  level = "error"
`;
}

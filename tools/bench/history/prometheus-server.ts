import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { endProgram } from '../../programs/end-program.ts';
import { freePort } from '../../programs/free-port.ts';
import { isInstalled } from '../../programs/is-installed.ts';

const LONGEST_IMPORT_MS = 120_000;
const LONGEST_START_MS = 30_000;
const LONGEST_STOP_MS = 30_000;

/** A Prometheus without targets on loopback, with samples that were made elsewhere. */
export class PrometheusServer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'closewatch-prometheus-'));
  #child: ChildProcess | undefined;
  #url = '';

  static isInstalled(): boolean {
    return isInstalled('prometheus', 'promtool');
  }

  /** Where the samples are to be written to, in OpenMetrics, before it is started. */
  get samplesFile(): string {
    return join(this.#folder, 'samples.txt');
  }

  /** Makes blocks of the samples, as large as Prometheus itself would in the end, and serves them. */
  async start(): Promise<void> {
    const [data, configuration] = [join(this.#folder, 'data'), join(this.#folder, 'prometheus.yml')];
    mkdirSync(data);
    writeFileSync(configuration, 'global: {}\n');
    const words = ['tsdb', 'create-blocks-from', '--max-block-duration=54h', 'openmetrics', this.samplesFile, data];
    await promisify(execFile)('promtool', words, { timeout: LONGEST_IMPORT_MS });
    rmSync(this.samplesFile);
    const port = await freePort();
    this.#url = `http://127.0.0.1:${port}`;
    this.#child = spawn(
      'prometheus',
      [
        `--config.file=${configuration}`,
        `--storage.tsdb.path=${data}`,
        '--storage.tsdb.retention.time=1y',
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=error',
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    await this.#ready();
  }

  /** Series over a range; times and step in milliseconds. Rejects when there are not `series` of them. */
  async queryRange(query: string, from: number, to: number, stepMs: number, series: number): Promise<void> {
    const words = new URLSearchParams({
      query,
      start: String(from / 1_000),
      end: String(to / 1_000),
      step: String(stepMs / 1_000),
    });
    const answer = await fetch(`${this.#url}/api/v1/query_range?${words.toString()}`);
    const { status, data } = (await answer.json()) as { status: string; data?: { result: unknown[] } };
    if (status !== 'success' || data?.result.length !== series) {
      throw new Error(`Prometheus answered ${answer.status}, ${data?.result.length} series: ${query}`);
    }
  }

  async stop(): Promise<void> {
    if (this.#child !== undefined) await endProgram(this.#child, LONGEST_STOP_MS);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #ready(): Promise<void> {
    const deadline = performance.now() + LONGEST_START_MS;
    for (;;) {
      try {
        if ((await fetch(`${this.#url}/-/ready`)).ok) return;
      } catch (error) {
        if (performance.now() > deadline) throw new Error('prometheus did not start', { cause: error });
      }
      if (this.#child?.exitCode !== null) throw new Error('prometheus ended');
      await sleep(100);
    }
  }
}

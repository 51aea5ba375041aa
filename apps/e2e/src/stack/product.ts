import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forgetDataFolder } from './data-folder.ts';
import { Program } from './program.ts';

const SIGN_IN_LINK = /http:\/\/\S+\/sign-in\?code=\S+/;

/** The product as `npm start` runs it (API, embedded Postgres, web app, local agent) on a free port and a data folder of its own. */
export class Product {
  private constructor(
    readonly api: Program,
    readonly dataFolder: string,
    readonly origin: string,
  ) {}

  /** The newest link: a code is good for one browser, and the server prints a fresh one after each use. */
  get signInUrl(): string {
    const links = this.api.lines.flatMap((line) => SIGN_IN_LINK.exec(line) ?? []);
    return links.at(-1) ?? '';
  }

  /** Starts it; `dataFolder` continues an earlier one. Resolves when the sign-in link is printed. */
  static async start(
    environment: Record<string, string> = {},
    dataFolder = mkdtempSync(join(tmpdir(), 'closewatch-e2e-')),
  ): Promise<Product> {
    const api = new Program('the API', ['--enable-source-maps', 'dist/api/main.js'], {
      PORT: '0',
      CLOSEWATCH_DATA: dataFolder,
      CLOSEWATCH_INTERVAL: '1s',
      ...environment,
    });
    const [signInUrl] = await api.line(SIGN_IN_LINK);
    return new Product(api, dataFolder, new URL(signInUrl).origin);
  }

  async stop(): Promise<void> {
    await this.api.stop();
  }

  async stopAndForget(): Promise<void> {
    await this.stop();
    forgetDataFolder(this.dataFolder);
  }
}

/** Starts a leak-lab scenario and waits until its sockets stand. */
export async function startLeak(
  scenario: string,
  count: number,
): Promise<{ program: Program; pid: number; port: number }> {
  const program = new Program(`leak-lab ${scenario}`, [
    '--no-warnings',
    'tools/leak-lab/main.ts',
    scenario,
    '--count',
    String(count),
    '--rate',
    '100',
  ]);
  const [, pid, port] = await program.line(/ready pid=(\d+) port=(\d+)/);
  return { program, pid: Number(pid), port: Number(port) };
}

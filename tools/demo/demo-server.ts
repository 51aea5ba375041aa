import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { endProgram } from '../programs/end-program.ts';

const API = resolve(import.meta.dirname, '../../dist/api/main.js');
const SIGN_IN = /^(https?:\/\/\S+)\/sign-in\?code=/;
const STOP_LIMIT_MS = 15_000;
/** The server's pid becomes that of the shell. Whatever ends us closes the pipe, and that ends the server. */
const WITH_US = '(cat <&3 >/dev/null; kill -TERM $$ 2>/dev/null) & exec "$@" 3<&-';

/** The server of the demonstration, with a database of its own in a folder of its own. */
export class DemoServer {
  readonly url: URL;
  readonly token: string;
  readonly tokenFile: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: URL, dataFolder: string) {
    this.#child = child;
    this.url = url;
    this.tokenFile = join(dataFolder, 'agent-token');
    this.token = readFileSync(this.tokenFile, 'utf8').trim();
  }

  /**
   * Starts it and hands on what it says, each sign-in link among it; the promise is of the server that is ready. It knows
   * nothing of the settings of a real installation. Rejects when it ends before, and when the signal fires.
   */
  static async start(
    options: { readonly port: number; readonly dataFolder: string; readonly stop: AbortSignal },
    say: (line: string) => void,
  ): Promise<DemoServer> {
    const { port, dataFolder, stop } = options;
    const child = spawn('sh', ['-c', WITH_US, 'sh', process.execPath, '--enable-source-maps', API], {
      // Ctrl-C is for us: we let the fleet deliver what it has, and then end the server.
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
      env: {
        ...withoutSettings(process.env),
        PORT: String(port),
        CLOSEWATCH_DATA: dataFolder,
        CLOSEWATCH_DEMO: 'on',
        CLOSEWATCH_LOCAL_AGENT: 'off',
      },
    });
    const ready = Promise.withResolvers<URL>();
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).on('line', (line) => {
        say(line);
        const origin = SIGN_IN.exec(line)?.[1];
        if (origin !== undefined) ready.resolve(new URL(origin));
      });
    }
    child.once('error', ready.reject);
    // Who holds the other end of the pipe ends with it.
    child.once('exit', () => child.stdio[3]?.destroy());
    child.once('exit', (code) => ready.reject(new Error(`the server ended (exit code ${code}), as it says above`)));
    const abort = (): void => ready.reject(stop.reason);
    stop.addEventListener('abort', abort, { once: true });
    try {
      return new DemoServer(child, await ready.promise, dataFolder);
    } catch (error) {
      await endProgram(child, STOP_LIMIT_MS);
      throw error;
    } finally {
      stop.removeEventListener('abort', abort);
    }
  }

  /** Hears of its end, whatever the reason. */
  onExit(listener: () => void): void {
    this.#child.once('exit', listener);
  }

  async stop(): Promise<void> {
    await endProgram(this.#child, STOP_LIMIT_MS);
  }
}

/** Whoever runs a real installation may have its settings in the environment; the demonstration must not get at it. */
function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = /^(CLOSEWATCH_|DATABASE_URL|PORT$|HOST$|PG[A-Z]+$)/;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !own.test(name)));
}

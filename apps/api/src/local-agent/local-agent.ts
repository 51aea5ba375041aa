import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { coerceError } from '../errors/coerce-error.ts';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
/** One that ran this long was well: its next failure starts the waits anew. */
const HEALTHY_MS = 60_000;
const STOP_LIMIT_MS = 3_000;
/** The agent's exit code for faults of its configuration, which no new start mends. */
const EXIT_CONFIGURATION = 2;

export interface LocalAgentOptions {
  /** dist/agent/main.js, absolute. */
  readonly program: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly log: (message: string) => void;
}

/** Runs the agent for this host as a child, and starts it again, ever more slowly, when it dies. */
export class LocalAgent {
  private child: ChildProcess | undefined;
  private timer: NodeJS.Timeout | undefined;
  private waitMs = FIRST_WAIT_MS;
  private stopped = false;

  constructor(private readonly options: LocalAgentOptions) {}

  start(): void {
    const { program, environment, log } = this.options;
    if (!existsSync(program)) {
      log(`There is no local agent: ${program} does not exist. Run "npm run build" and restart.`);
      return;
    }
    const startedAt = Date.now();
    // Its words go to our log, standard error: standard output belongs to the sign-in URL.
    const child = spawn(process.execPath, [program, 'run'], {
      env: { ...environment },
      stdio: ['ignore', 2, 2, 'ipc'],
    });
    this.child = child;
    const ended = (how: string): void => {
      if (this.child !== child) return;
      this.child = undefined;
      if (this.stopped) return;
      if (child.exitCode === EXIT_CONFIGURATION) {
        log('The local agent refuses its configuration, as it says above; Closewatch goes on without it.');
        return;
      }
      if (Date.now() - startedAt >= HEALTHY_MS) this.waitMs = FIRST_WAIT_MS;
      log(`The local agent ended (${how}); it is started again in ${this.waitMs} ms.`);
      this.timer = setTimeout(() => this.start(), this.waitMs);
      this.waitMs = Math.min(this.waitMs * 2, LONGEST_WAIT_MS);
    };
    child.once('error', (error) => ended(coerceError(error).message));
    child.once('exit', (code, signal) => ended(signal ?? `exit code ${code}`));
  }

  /** Asks the agent to finish; resolves when it is gone. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    const { child } = this;
    if (child === undefined) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    const deadline = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await gone;
    clearTimeout(deadline);
  }
}

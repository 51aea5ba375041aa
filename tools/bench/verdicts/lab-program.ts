import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { endProgram } from '../../programs/end-program.ts';
import { type Trial } from './trial.ts';

const LAB = resolve(import.meta.dirname, '../../leak-lab/main.ts');
const LONGEST_START_MS = 60_000;
/** Before all else, and agent and server still get their share. */
const FAVOURED = '-5';
const LOOK_EVERY_MS = 200;

/** A program of the leak lab that runs. */
export class LabProgram {
  readonly trial: Trial;
  readonly startedAt = Date.now();
  readonly #child: ChildProcess;
  #said = '';
  #ranOutAt: number | null = null;
  #limitWatch: NodeJS.Timeout | undefined;
  #pid = 0;
  #port = 0;

  private constructor(trial: Trial) {
    this.trial = trial;
    const words = ['--no-warnings', LAB, trial.scenario, '--runtime', trial.runtime, ...trial.words];
    const isFavoured = trial.isFavoured === true && process.getuid?.() === 0;
    const command = [...(isFavoured ? ['nice', '-n', FAVOURED] : []), process.execPath, ...words];
    this.#child = spawn(command[0] ?? '', command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
  }

  static async start(trial: Trial): Promise<LabProgram> {
    const program = new LabProgram(trial);
    try {
      await program.#announced();
      if (trial.descriptorLimit !== undefined) program.#limit(trial.descriptorLimit);
      return program;
    } catch (error) {
      await program.stop();
      throw error;
    }
  }

  /** The process that holds its connections. */
  get pid(): number {
    return this.#pid;
  }

  /** Where it listens; of one that dials, where its peer does. */
  get port(): number {
    return this.#port;
  }

  /** What it said last, where it has ended by itself. */
  get ending(): string | null {
    return this.#child.exitCode === null && this.#child.signalCode === null ? null : this.#said.slice(-300);
  }

  /** When all descriptors that it may open were open first, milliseconds since the epoch. */
  get ranOutAt(): number | null {
    return this.#ranOutAt;
  }

  async stop(): Promise<void> {
    clearInterval(this.#limitWatch);
    await endProgram(this.#child);
  }

  #limit(descriptors: number): void {
    execFileSync('prlimit', ['--pid', String(this.#pid), `--nofile=${descriptors}:${descriptors}`]);
    this.#limitWatch = setInterval(() => {
      if (this.#ranOutAt === null && readdirSync(`/proc/${this.#pid}/fd`).length >= descriptors)
        this.#ranOutAt = Date.now();
    }, LOOK_EVERY_MS);
  }

  #announced(): Promise<void> {
    return new Promise((resolveAnnounced, reject) => {
      const fail = (why: string): void => reject(new Error(`${this.trial.scenario}: ${why}: ${this.#said}`));
      const impatience = setTimeout(() => fail('it did not start'), LONGEST_START_MS);
      const listen = (piece: Buffer): void => {
        this.#said = (this.#said + piece.toString('utf8')).slice(-4_096);
        if (this.#port !== 0) return;
        const [, pid, port] = /: pid (\d+) (?:listens on|dials) \S+:(\d+),/.exec(this.#said) ?? [];
        if (pid === undefined || port === undefined) return;
        this.#pid = Number(pid);
        this.#port = Number(port);
        clearTimeout(impatience);
        resolveAnnounced();
      };
      this.#child.stdout?.on('data', listen);
      this.#child.stderr?.on('data', listen);
      this.#child.once('exit', () => fail('it ended'));
      this.#child.once('error', reject);
    });
  }
}

import { stat } from 'node:fs/promises';
import { Inject, Injectable, Logger, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { type Configuration, ConfigurationError } from '../config/configuration.ts';
import { CONFIGURATION } from '../config/configuration.token.ts';
import { Clock } from '../time/clock.ts';
import { faultLine, readRulesFile } from './rules-file.ts';
import { RulesInForce } from './rules-in-force.ts';
import { type RulesFault } from './rules-text.ts';

/** A file that is changed counts no later than this. Polled: what mounts and config maps do to a file no watch tells. */
const LOOK_MS = 2_000;

/** How the rules file stands. */
export interface RulesState {
  /** Null: there is none, and all is as it ships. */
  readonly file: string | null;
  /** When the rules in force were read, milliseconds since the epoch. */
  readonly since: number;
  /** Why the file as it is now is refused; the rules before it stay in force. Empty: it is in force. */
  readonly faults: readonly RulesFault[];
}

/** The rules in force: what ships, changed by the file of CLOSEWATCH_RULES, which is read again when it changes. */
@Injectable()
export class RulesService implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(RulesService.name);
  private readonly file: string | undefined;
  private readonly listeners = new Set<(rules: RulesInForce) => void>();
  private rules = RulesInForce.asShipped();
  private since: number;
  private faults: readonly RulesFault[] = [];
  private stamp = '';
  private text: string | undefined;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;

  constructor(
    @Inject(CONFIGURATION) { rulesFile }: Configuration,
    private readonly clock: Clock,
  ) {
    this.file = rulesFile;
    this.since = clock.now();
  }

  /** What holds now. Ask each time: it may change at any instant. */
  current(): RulesInForce {
    return this.rules;
  }

  state(): RulesState {
    return { file: this.file ?? null, since: this.since, faults: this.faults };
  }

  /** Tells of new rules. Returns how to unsubscribe. Listeners must neither block nor throw. */
  onChange(listener: (rules: RulesInForce) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Throws {@link ConfigurationError} for a file that is refused: there are no rules before it to go on with. */
  async onModuleInit(): Promise<void> {
    const { file } = this;
    if (file === undefined) return;
    await this.look();
    if (this.faults.length > 0) {
      throw new ConfigurationError(this.faults.map((fault) => `CLOSEWATCH_RULES ${faultLine(file, fault)}`));
    }
    this.timer = setInterval(() => void this.look(), LOOK_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  /** Reads the file if it has changed. */
  look(): Promise<void> {
    this.looking ??= this.read().finally(() => (this.looking = undefined));
    return this.looking;
  }

  private async read(): Promise<void> {
    const { file } = this;
    if (file === undefined) return;
    const stamp = await stampOf(file);
    if (stamp === this.stamp) return;
    this.stamp = stamp;
    const read = await readRulesFile(file);
    // Written anew, and the same.
    if (read.text !== undefined && read.text === this.text) return;
    this.text = read.text;
    if ('faults' in read) {
      this.faults = read.faults;
      // At the start nothing is in force yet, and the start fails with these words.
      if (this.timer !== undefined) this.complain(file);
      return;
    }
    this.faults = [];
    this.rules = read.rules;
    this.since = this.clock.now();
    this.logger.log(`The rules of ${file} are in force.`);
    for (const listener of this.listeners) listener(this.rules);
  }

  private complain(file: string): void {
    const lines = this.faults.map((fault) => faultLine(file, fault)).join('\n  ');
    this.logger.error(`The rules file is refused, and the rules before it stay in force:\n  ${lines}`);
  }
}

/** Differs when the file may. */
async function stampOf(file: string): Promise<string> {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await stat(file);
    return [ino, size, mtimeMs, ctimeMs].join(' ');
  } catch {
    return 'missing';
  }
}

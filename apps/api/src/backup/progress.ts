const REPORT_MS = 1_000;
const LOG_MS = 15_000;

/** Where progress is told: standard error, for a person or for a log. */
export interface ProgressOutput {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

/** Tells a person how far a backup or a restore is. */
export class Progress {
  private startedAt = performance.now();
  private reportedAt = performance.now();
  private bytes = 0;
  private onLine = false;

  constructor(private readonly output: ProgressOutput) {}

  /** What is added from here on is counted anew. */
  begin(): void {
    this.startedAt = performance.now();
    this.bytes = 0;
  }

  /** A line that stays. */
  say(text: string): void {
    this.clear();
    this.output.write(`closewatch: ${text}\n`);
  }

  /** So much more is done; told now and then. */
  add(table: string, bytes: number): void {
    this.bytes += bytes;
    const now = performance.now();
    if (now - this.reportedAt < (this.output.isTTY === true ? REPORT_MS : LOG_MS)) return;
    this.reportedAt = now;
    const text = `${bytesInWords(this.bytes)}, ${this.rate()}, at ${table}`;
    if (this.output.isTTY !== true) return this.say(text);
    this.output.write(`\r\x1b[Kclosewatch: ${text}`);
    this.onLine = true;
  }

  /** The last line: what was done, and how fast. */
  done(text: string): void {
    this.say(`${text}, ${this.seconds().toFixed(1)} s, ${this.rate()}`);
  }

  /** Puts away a line that does not stay, for others who write. */
  clear(): void {
    if (this.onLine) this.output.write('\r\x1b[K');
    this.onLine = false;
  }

  private rate(): string {
    return `${bytesInWords(this.bytes / Math.max(this.seconds(), 0.001))}/s`;
  }

  private seconds(): number {
    return (performance.now() - this.startedAt) / 1_000;
  }
}

/** As people say it: 1.5 GB. */
export function bytesInWords(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  for (; value >= 1_000 && unit < units.length - 1; unit++) value /= 1_000;
  return `${value >= 100 || unit === 0 ? value.toFixed(0) : value.toFixed(1)} ${units[unit]}`;
}

import { emptyTally } from '../state-counts.ts';
import { CloseWaitList } from './close-wait-list.ts';
import { type Heading, readHeading, type Scope, somethingElse } from './headings.ts';
import { ListenersInText } from './listeners.ts';
import { measured } from './measured.ts';
import { isNetstatRow, netstatColumns, type NetstatColumns, readNetstatRow } from './netstat-row.ts';
import { type RowReading, type SocketRow } from './socket-row.ts';
import { excerpt, type SkippedLine, type SocketText, SocketTextError, type SocketTool } from './socket-text.ts';
import { readInfo } from './ss-details.ts';
import { isSsRow, readSsRow } from './ss-row.ts';
import { readEnd } from './text-endpoint.ts';
import { TextLines } from './text-lines.ts';

export interface SocketTextLimits {
  /** CLOSE_WAIT sockets that are listed; more are counted. */
  readonly closeWait: number;
  /** Lines that may be skipped; more refuse the text. */
  readonly skipped: number;
}

const USUAL_LIMITS: SocketTextLimits = { closeWait: 20_000, skipped: 100 };

const NO_TOOL = 'no output of ss or netstat: send `ss -tanpi` or `netstat -antpW`';

/**
 * Reads the output of ss, net-tools' netstat or busybox's netstat as it streams in; which one it is shows in the text.
 * Holds one line and the CLOSE_WAIT sockets, no more; time is linear in the bytes.
 *
 *     const reader = new SocketTextReader();
 *     for await (const piece of body) reader.add(piece);
 *     const { counts, closeWait, skipped } = reader.end();
 *
 * Counts are those of `awk '/^tcp/ {++S[$NF]}'` over the same text. A line that is no part of such an output is skipped
 * and reported. A TCP socket that cannot be counted, tables of two tools, two tables of one address family, and a text
 * that ends in the middle of a line refuse the whole: {@link SocketTextError}.
 */
export class SocketTextReader {
  readonly #limits: SocketTextLimits;
  readonly #lines = new TextLines((line, number) => this.#line(line, number));
  readonly #tally = emptyTally();
  readonly #closeWait: CloseWaitList;
  readonly #listeners = new ListenersInText();
  readonly #skipped: SkippedLine[] = [];
  #tool: SocketTool | undefined;
  #scope: Scope;
  #columns: NetstatColumns | undefined;
  #sockets = 0;
  #pastTheLimit = 0;
  /** Skipped lines that are CLOSE_WAIT sockets: counted. */
  #unlisted = 0;
  /** The row before this line, to which lines of `ss -i` belong. */
  #lastRow = 0;
  /** A line nobody understands is a title in another language if column names follow. */
  #held: SkippedLine | undefined;
  /** Address families of the tables before this one, and of this one. */
  readonly #families = { before: new Set<string>(), here: new Set<string>() };
  readonly #tells = { listeners: false, owners: false, inodes: false, ages: false };

  constructor(limits: Partial<SocketTextLimits> = {}) {
    this.#limits = { ...USUAL_LIMITS, ...limits };
    this.#closeWait = new CloseWaitList(this.#limits.closeWait);
  }

  /** Takes in the next bytes. Throws {@link SocketTextError}; the reader is of no use afterwards. */
  add(bytes: Uint8Array): void {
    this.#lines.add(bytes);
  }

  /** The text is over. Throws {@link SocketTextError} when it is none, or incomplete. */
  end(): SocketText {
    this.#lines.end();
    const tool = this.#tool;
    if (tool === undefined) throw this.#noTool();
    this.#release();
    const { counts, listenersAlone } = measured(this.#tally, this.#scope, tool);
    const { closeWait, cut } = this.#closeWait.result();
    const unreadable = this.#closeWait.unreadable.map(({ line }) => ({
      line,
      reason: 'a CLOSE_WAIT socket whose addresses cannot be read: counted, not listed',
    }));
    return {
      tool,
      lines: this.#lines.count,
      sockets: this.#sockets,
      counts,
      closeWait,
      cut,
      unlisted: this.#unlisted + this.#pastTheLimit + unreadable.length,
      skipped: [...this.#skipped, ...unreadable.slice(0, this.#limits.skipped)],
      complete: this.#skipped.length + this.#pastTheLimit + unreadable.length === 0 && !listenersAlone,
      tells: { ...this.#tells, listeners: counts.listen !== null },
      listeners: this.#listeners,
    };
  }

  #line(line: string, number: number): void {
    if (line.trim() === '') return;
    if (this.#tool === 'ss' && /^\s/.test(line) && this.#lastRow > 0) return this.#continuation(line);
    if (isSsRow(line)) return this.#row(line, number, 'ss');
    if (isNetstatRow(line)) return this.#row(line, number, 'netstat');
    const heading = readHeading(line);
    if (heading === undefined) this.#unknown(line, number);
    else this.#heading(heading, line, number);
  }

  #row(line: string, number: number, kind: 'ss' | 'netstat'): void {
    this.#release();
    this.#uses(kind === 'ss' || this.#tool === undefined || this.#tool === 'ss' ? kind : this.#tool, number);
    this.#lastRow = number;
    const reading: RowReading = kind === 'ss' ? readSsRow(line) : readNetstatRow(line);
    if (reading.kind === 'bad') throw this.#bad(line, number, reading.reason);
    if (reading.kind === 'socket') this.#socket(reading.row, number);
  }

  #socket(row: SocketRow, number: number): void {
    const tool = this.#tool ?? 'netstat';
    this.#noteFamily(row, number);
    this.#tally[row.state]++;
    this.#sockets++;
    this.#tells.owners ||= row.details.startsWith('users:((');
    this.#tells.inodes ||= tool === 'ss' && /(?:^|\s)ino:\d/.test(row.details);
    this.#tells.ages ||= tool === 'ss' && row.details.includes(' lastrcv:');
    if (tool !== 'ss') this.#closeWait.noteWidth(row);
    if (row.state === 'listen') {
      const local = readEnd(row.local);
      if (local.kind === 'endpoint') this.#listeners.add(local.endpoint);
    } else if (row.state === 'close_wait') {
      const unlisted = this.#closeWait.add(number, row, tool, this.#columns);
      if (unlisted === 'past the limit') this.#pastTheLimit++;
      else if (unlisted !== undefined) {
        this.#unlisted++;
        this.#skip({ line: number, reason: unlisted.reason });
      }
    }
  }

  #continuation(line: string): void {
    const info = readInfo(line);
    if (info === null) return;
    this.#tells.ages ||= line.includes(' lastrcv:');
    this.#closeWait.attach(this.#lastRow, info);
  }

  #heading(heading: Heading, line: string, number: number): void {
    if (heading.kind === 'useless') throw new SocketTextError(number, heading.reason);
    if (line.startsWith('Proto')) this.#held = undefined;
    else this.#release();
    if (heading.kind === 'warning') return;
    for (const family of this.#families.here) this.#families.before.add(family);
    this.#families.here.clear();
    if (heading.kind === 'title') {
      // Of two tables, one for each family, both must show a state for its zero to count.
      const narrower = this.#sockets > 0 && this.#scope !== 'all' ? this.#scope : heading.scope;
      this.#scope = narrower;
    } else if (heading.kind === 'columns') {
      this.#uses(heading.tool, number);
      this.#columns = netstatColumns(line);
      this.#tells.owners ||= this.#columns.owners;
      this.#tells.inodes ||= this.#columns.inodes;
    }
  }

  #unknown(line: string, number: number): void {
    this.#release();
    if (this.#tool === undefined) {
      const reason = somethingElse(line);
      if (reason !== undefined) throw new SocketTextError(number, reason);
    }
    this.#held = { line: number, reason: `no line of ss or netstat: ${excerpt(line)}` };
  }

  #uses(tool: SocketTool, number: number): void {
    if (this.#tool !== undefined && (this.#tool === 'ss') !== (tool === 'ss')) {
      throw new SocketTextError(number, `${tool} begins here, after ${this.#tool}: send one output at a time`);
    }
    this.#tool ??= tool;
  }

  #noteFamily({ family }: SocketRow, number: number): void {
    if (family === 'either') return;
    if (this.#families.before.has(family)) {
      const name = family === 'ipv4' ? 'IPv4' : 'IPv6';
      throw new SocketTextError(
        number,
        `a second table of ${name} sockets: these are several outputs, which would be counted twice; send one`,
      );
    }
    this.#families.here.add(family);
  }

  #bad(line: string, number: number, reason: string): SocketTextError {
    const heading = readHeading(line);
    return new SocketTextError(number, heading?.kind === 'useless' ? heading.reason : `${reason} (${excerpt(line)})`);
  }

  /** The line that was held is no title. */
  #release(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) this.#skip(held);
  }

  #skip(line: SkippedLine): void {
    this.#skipped.push(line);
    if (this.#skipped.length <= this.#limits.skipped) return;
    const reason = `${this.#skipped.length} lines were not understood, more than may be skipped; the first: `;
    const [first = line] = this.#skipped;
    throw new SocketTextError(first.line, this.#tool === undefined ? NO_TOOL : reason + first.reason);
  }

  #noTool(): SocketTextError {
    const first = this.#skipped[0] ?? this.#held;
    return new SocketTextError(
      first?.line ?? 1,
      first === undefined ? 'the text is empty: did the tool run?' : `${NO_TOOL} (${first.reason})`,
    );
  }
}

/** Reads a text that is there as a whole; see {@link SocketTextReader}. Throws {@link SocketTextError}. */
export function readSocketText(text: string | Uint8Array, limits?: Partial<SocketTextLimits>): SocketText {
  const reader = new SocketTextReader(limits);
  reader.add(typeof text === 'string' ? new TextEncoder().encode(text) : text);
  return reader.end();
}

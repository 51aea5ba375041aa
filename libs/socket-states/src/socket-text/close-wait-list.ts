import { type NetstatColumns, readNetstatDetails } from './netstat-row.ts';
import { type SocketRow } from './socket-row.ts';
import { type CutSocket, type SocketTool, type TextInfo, type TextSocket } from './socket-text.ts';
import { readInfo, readSsDetails } from './ss-details.ts';
import { mayBeCut, NETSTAT_COLUMN, readEnd } from './text-endpoint.ts';
import { standingAlone } from './words.ts';

type Pending = { -readonly [Field in keyof TextSocket]: TextSocket[Field] } & {
  /** Both ends as they stood, where netstat may have cut one of them. */
  readonly doubt: CutSocket | null;
};

/** Why a CLOSE_WAIT row is counted and not listed. */
export type Unlisted = 'past the limit' | { readonly reason: string };

/** Gathers the CLOSE_WAIT sockets of a text, at most `limit`. */
export class CloseWaitList {
  readonly #limit: number;
  readonly #sockets: Pending[] = [];
  readonly #cut: CutSocket[] = [];
  /** netstat has shown an end that is wider than its column: it cuts none. */
  #wide = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Every row, whatever its state: long ends prove that netstat cuts none. */
  noteWidth({ local, peer }: SocketRow): void {
    this.#wide ||= local.length > NETSTAT_COLUMN || peer.length > NETSTAT_COLUMN;
  }

  /** Takes in a row; returns why it cannot be listed, if so. */
  add(line: number, row: SocketRow, tool: SocketTool, columns: NetstatColumns | undefined): Unlisted | undefined {
    if (this.#sockets.length + this.#cut.length >= this.#limit) return 'past the limit';
    const doubtful = tool !== 'ss' && (mayBeCut(row.local) || mayBeCut(row.peer));
    const doubt = doubtful ? { line, local: standingAlone(row.local), peer: standingAlone(row.peer) } : null;
    const local = readEnd(row.local);
    const peer = readEnd(row.peer);
    if (local.kind !== 'endpoint' || peer.kind !== 'endpoint') {
      if (doubt !== null) {
        this.#cut.push(doubt);
        return undefined;
      }
      return { reason: whyNot(local.kind === 'named' || peer.kind === 'named') };
    }
    const { recvQueue, sendQueue, details } = row;
    const ends = { line, local: local.endpoint, peer: peer.endpoint, recvQueue, sendQueue, doubt };
    if (tool === 'ss') {
      this.#sockets.push({ ...ends, ...readSsDetails(details), info: readInfo(details) });
      return undefined;
    }
    this.#sockets.push({ ...ends, ...readNetstatDetails(details, columns), cookie: null, info: null });
    return undefined;
  }

  /** `info` belongs to the socket of this line, if that is listed. */
  attach(line: number, info: TextInfo): void {
    const last = this.#sockets.at(-1);
    if (last?.line === line) last.info = info;
  }

  result(): { closeWait: TextSocket[]; cut: CutSocket[] } {
    const closeWait: TextSocket[] = [];
    const cut = this.#wide ? [] : [...this.#cut];
    for (const { doubt, ...socket } of this.#sockets) {
      if (doubt === null || this.#wide) closeWait.push(socket);
      else cut.push(doubt);
    }
    return { closeWait, cut };
  }

  /** Ends that could not be read although netstat cuts none. */
  get unreadable(): readonly CutSocket[] {
    return this.#wide ? this.#cut : [];
  }
}

function whyNot(named: boolean): string {
  return named
    ? 'a CLOSE_WAIT socket with names where numbers should be: counted, not listed; add -n'
    : 'a CLOSE_WAIT socket whose addresses cannot be read: counted, not listed';
}

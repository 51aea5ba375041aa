import { messageOf } from '../errors.ts';
import { Pacer } from '../pacer.ts';
import { DiagDump } from './diag-dump.ts';
import { DiagMessages, type DumpProgress } from './diag-messages.ts';
import { CLOSE_WAIT_ASKED, STATES_ASKED, dumpRequest, infoRequest } from './diag-requests.ts';
import { DiagRecords, DiagSocket, keyOf } from './diag-socket.ts';
import { DiagChannel, errnoName } from './libc.ts';
import { type SocketRoll } from './socket-roll.ts';
import { readOwnSockstat, type NetlinkView } from './namespace-view.ts';
import { type CloseWaitSocket, type SocketInfo, type SocketSource, type SocketTable } from './socket-table.ts';
import { timeWaitRecordsIn } from './sockstat.ts';
import { socketInfoIn, tcpInfoAt } from './tcp-info.ts';

/** The kernel answers at most about 32 KiB a recv. */
const BUFFER_BYTES = 64 * 1024;
/** One for all sources: what is received is taken out before anything else runs. */
const BUFFER = new Uint8Array(BUFFER_BYTES);
const ATTEMPTS = 4;
const LEAST_EXPECTED = 64;

/**
 * The sockets of a network namespace through netlink: TIME_WAIT masked out, which is counted in sockstat.
 * Ages are asked for socket by socket: only those that were seen twice need one, usually a handful, and the lookup
 * by identity costs microseconds, while a second dump would walk the whole hash table (4 ms at least) for every one.
 */
export class NetlinkSource implements SocketSource {
  readonly name = 'netlink';
  readonly #view: NetlinkView;
  #channel: DiagChannel | undefined;
  #sequence = 0;
  /** CLOSE_WAIT sockets to make room for: a few more than the last look found. */
  #expected = LEAST_EXPECTED;
  /** Of the last look and the one before, in whose place the next may stand: a block of a megabyte less to be made. */
  #newest: DiagRecords | undefined;
  #spare: DiagRecords | undefined;

  /** `from`: a view into a namespace, or the root of /proc (usually /proc) for the agent's own. */
  constructor(from: NetlinkView | string) {
    this.#view = typeof from === 'string' ? ownView(from) : from;
  }

  async read(roll?: SocketRoll): Promise<SocketTable> {
    let why = '';
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      roll?.clear();
      const dump = new DiagDump(++this.#sequence, roll, this.#emptyRecords());
      let progress: DumpProgress;
      try {
        progress = await this.#run(dumpRequest(dump.sequence, STATES_ASKED), dump);
      } catch (error) {
        this.close();
        throw error;
      }
      if (progress.kind === 'done') return this.#tableOf(dump);
      // A dump that was left half-way would answer the next request with its rest.
      this.close();
      if (progress.kind === 'refused') throw new Error(`netlink: the kernel refuses: ${errnoName(progress.errno)}`);
      why = progress.kind === 'spoiled' ? progress.why : 'no end';
    }
    throw new Error(`netlink: ${ATTEMPTS} dumps in a row were spoiled, the last by ${why}`);
  }

  ages(socket: CloseWaitSocket): SocketInfo | undefined {
    if (!(socket instanceof DiagSocket)) return undefined;
    const channel = (this.#channel ??= this.#view.openChannel());
    const sequence = ++this.#sequence;
    try {
      channel.send(infoRequest(sequence, socket.record));
      return socketInfoIn(BUFFER.subarray(0, channel.receive(BUFFER)), sequence);
    } catch {
      // Ages only sharpen what the samples already tell.
      this.close();
      return undefined;
    }
  }

  async infos(visit: (key: CloseWaitSocket['key'], info: SocketInfo) => void): Promise<void> {
    const messages = new DiagMessages(++this.#sequence, (_, view, offset) => {
      const info = tcpInfoAt(view, offset);
      if (info !== undefined) visit(keyOf(view, offset), info);
    });
    let progress: DumpProgress | undefined;
    try {
      progress = await this.#run(dumpRequest(messages.sequence, CLOSE_WAIT_ASKED, true), messages);
    } finally {
      // What was visited is true, also of a dump that came to no end; the rest has its turn another time.
      if (progress?.kind !== 'done') this.close();
    }
  }

  close(): void {
    this.#channel?.close();
    this.#channel = undefined;
  }

  #emptyRecords(): DiagRecords {
    if (this.#spare?.isOfUse(this.#expected) !== true) this.#spare = new DiagRecords(this.#expected);
    this.#spare.clear();
    return this.#spare;
  }

  async #run(request: Uint8Array, dump: DiagDump | DiagMessages): Promise<DumpProgress> {
    const channel = (this.#channel ??= this.#view.openChannel());
    channel.send(request);
    const pacer = new Pacer();
    for (;;) {
      const length = channel.receive(BUFFER);
      if (length === 0) return { kind: 'spoiled', why: 'an empty answer' };
      const progress = dump.add(BUFFER.subarray(0, length));
      if (progress.kind !== 'more') return progress;
      if (pacer.due()) await pacer.rest();
    }
  }

  #tableOf(dump: DiagDump): SocketTable {
    const { tally, listeners, closeWait, finWait2Minisockets } = dump;
    this.#expected = LEAST_EXPECTED + Math.ceil(closeWait.length * 1.02);
    this.#spare = this.#newest;
    this.#newest = closeWait;
    const missing: string[] = [];
    let timeWait: number | null = null;
    try {
      const records = timeWaitRecordsIn(this.#view.readSockstat());
      if (records === undefined) missing.push('TIME_WAIT: /proc/net/sockstat does not tell "tw"');
      else timeWait = Math.max(0, records - finWait2Minisockets);
    } catch (error) {
      missing.push(`TIME_WAIT: /proc/net/sockstat cannot be read: ${messageOf(error)}`);
    }
    return { source: this.name, counts: { ...tally, time_wait: timeWait }, listeners, closeWait, missing };
  }
}

function ownView(procRoot: string): NetlinkView {
  return { openChannel: () => new DiagChannel(), readSockstat: () => readOwnSockstat(procRoot) };
}

import { messageOf } from '../errors.ts';
import { type SocketRoll } from './socket-roll.ts';
import { type CloseWaitSocket, type SocketInfo, type SocketSource, type SocketTable } from './socket-table.ts';

/** After a success a source may fail for a moment (ENOBUFS): a change of source gives every socket a new identity. */
const FAILURES_TO_CHANGE = 3;
/** Ten minutes at the usual pace. What kept it from working may have been of the moment: no descriptor, no memory. */
const LOOKS_TO_TRY_AGAIN = 120;

/**
 * Reads the better source as long as it works and the other one from then on. The better one is given up when its
 * first look fails, or three in a row later, and tried again every 120 looks; what it lacks is told with every table
 * of the other.
 */
export class FallingBackSource implements SocketSource {
  readonly #better: SocketSource;
  readonly #other: SocketSource;
  #failuresLeft = 1;
  #givenUp: string | undefined;
  #looksWithout = 0;

  constructor(better: SocketSource, other: SocketSource) {
    this.#better = better;
    this.#other = other;
  }

  get name(): SocketSource['name'] {
    return this.#current.name;
  }

  async read(roll?: SocketRoll): Promise<SocketTable> {
    if (this.#givenUp === undefined || ++this.#looksWithout >= LOOKS_TO_TRY_AGAIN) {
      this.#looksWithout = 0;
      try {
        const table = await this.#better.read(roll);
        this.#failuresLeft = FAILURES_TO_CHANGE;
        this.#givenUp = undefined;
        return table;
      } catch (error) {
        if (this.#givenUp === undefined && --this.#failuresLeft > 0) throw error;
        this.#givenUp = `${messageOf(error)}; reading ${this.#other.name} instead`;
        this.#better.close();
      }
    }
    const table = await this.#other.read(roll);
    return { ...table, missing: [this.#givenUp, ...table.missing] };
  }

  ages(socket: CloseWaitSocket): SocketInfo | undefined {
    return this.#current.ages(socket);
  }

  async infos(visit: (key: CloseWaitSocket['key'], info: SocketInfo) => void): Promise<void> {
    await this.#current.infos?.(visit);
  }

  close(): void {
    this.#better.close();
    this.#other.close();
  }

  get #current(): SocketSource {
    return this.#givenUp === undefined ? this.#better : this.#other;
  }
}

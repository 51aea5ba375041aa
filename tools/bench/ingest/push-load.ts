import { type ClosewatchServer } from './closewatch-server.ts';
import { CONNECTIONS, type LoadReport, runWrk, THREADS } from './wrk-load.ts';

/** As many hosts push in turn. */
export const HOSTS = 300;
/** Version of what agents push (libs/protocol/src/version.ts). */
const PROTOCOL = 1;
/** A run of wrk goes on counting where the one before can never have come to. */
const SEQS_A_RUN = 10_000_000;

/** Pushes for one server, in one run of wrk or several, and whether what was accepted is there. */
export class PushLoad {
  readonly #server: ClosewatchServer;
  readonly #leaking: number;
  #runs = 0;
  #sent = 0;
  #accepted = 0;

  /** `leaking`: every how many-th host lists three CLOSE_WAIT connections; 0: none does. */
  constructor(server: ClosewatchServer, leaking: number) {
    this.#server = server;
    this.#leaking = leaking;
  }

  /** `rate`: so many a second; 0: as many as are answered. */
  async run(seconds: number, connections = CONNECTIONS, rate = 0): Promise<LoadReport> {
    const firstSeq = SEQS_A_RUN * this.#runs++;
    const words = [this.#server.token, PROTOCOL, HOSTS, this.#leaking, THREADS, firstSeq, rate];
    const report = await runWrk(`${this.#server.url}/api/v1/snapshots`, 'pushes', words, seconds, connections);
    this.#sent += report.sent;
    this.#accepted += report.accepted;
    if (report.refused > 0) throw new Error(`${report.refused} pushes were refused`);
    return report;
  }

  /**
   * Throws unless the database has every snapshot that was acknowledged, once, and none that was not sent. What was under
   * way when a run ended may be there.
   */
  async checkStored(): Promise<void> {
    const [stored] = await this.#server.query<{ rows: number; seqs: number }>(
      `SELECT count(*)::integer AS rows, count(DISTINCT (host_id, seq))::integer AS seqs
         FROM (SELECT host_id, seq FROM snapshot UNION ALL SELECT host_id, seq FROM snapshot_late) stored`,
    );
    const { rows = 0, seqs = 0 } = stored ?? {};
    if (rows !== seqs) throw new Error(`the database has ${rows - seqs} snapshots twice`);
    if (rows < this.#accepted || rows > this.#sent) {
      throw new Error(`of ${this.#sent} snapshots ${this.#accepted} were acknowledged, but the database has ${rows}`);
    }
  }
}

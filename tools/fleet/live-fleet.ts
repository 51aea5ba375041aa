import { agentOf, planHost, type HostPlan } from './world/host.ts';
import { dueAt, lookFrom } from './world/looks.ts';
import { roundAt } from './world/snapshot.ts';
import { liveTelling, type Telling } from './world/telling.ts';
import { UplinkProcesses } from './uplinks/uplink-processes.ts';
import { type Tally } from './uplinks/messages.ts';

export interface LiveFleetOptions {
  readonly seed: number;
  readonly hosts: number;
  readonly intervalMs: number;
  readonly server: URL;
  readonly token: string;
  readonly tokenFile: string;
  /** How far the server's clock is ahead of ours, milliseconds. */
  readonly clockAheadMs: number;
  readonly onLine: (line: string) => void;
  readonly onFailure: (error: Error) => void;
}

const TICK_MS = 50;
/** A look is made a little after it is due, as its own delay says (looks.ts). */
const LATE_MS = 15;

interface LiveHost {
  readonly plan: HostPlan;
  next: number;
  runId: string;
  /** The server asked for all connections. */
  full: boolean;
}

/** Hosts that look and push as time goes by. */
export class LiveFleet {
  readonly #options: LiveFleetOptions;
  readonly #telling: Telling;
  readonly #hosts: LiveHost[];
  readonly #uplinks: UplinkProcesses;
  readonly #timer: NodeJS.Timeout;

  private constructor(options: LiveFleetOptions, hosts: LiveHost[], uplinks: UplinkProcesses) {
    this.#options = options;
    this.#telling = liveTelling(options.intervalMs);
    this.#hosts = hosts;
    this.#uplinks = uplinks;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  static async start(options: LiveFleetOptions): Promise<LiveFleet> {
    const { seed, intervalMs } = options;
    const now = Date.now() + options.clockAheadMs;
    const hosts = Array.from({ length: options.hosts }, (_, index): LiveHost => {
      const plan = planHost(seed, index);
      return { plan, next: lookFrom(plan, intervalMs, now), runId: '', full: true };
    });
    const onResync = (index: number): void => {
      const host = hosts[index];
      if (host !== undefined) host.full = true;
    };
    const onLine = (host: number, line: string): void => {
      options.onLine(`${hosts[host]?.plan.hostname ?? host}: ${line}`);
    };
    const uplinks = await UplinkProcesses.start({ ...options, onResync, onLine }, options.onFailure);
    return new LiveFleet(options, hosts, uplinks);
  }

  get tally(): Tally & { readonly processes: number; readonly leftOut: number } {
    return { ...this.#uplinks.tally, processes: this.#uplinks.count, leftOut: this.#uplinks.leftOut };
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#uplinks.stop();
  }

  #tick(): void {
    const now = Date.now() + this.#options.clockAheadMs - LATE_MS;
    for (const [index, host] of this.#hosts.entries()) {
      if (dueAt(host.plan, this.#options.intervalMs, host.next) > now) continue;
      this.#look(index, host);
      // What was missed, as while this machine slept, is missed.
      host.next = Math.max(host.next + 1, lookFrom(host.plan, this.#options.intervalMs, now));
    }
  }

  #look(index: number, host: LiveHost): void {
    const round = roundAt(host.plan, host.next, this.#telling, host.full);
    if (round === undefined) return;
    const { runId, bootId } = round.run;
    if (runId !== host.runId) {
      host.runId = runId;
      const { agentId } = host.plan;
      this.#uplinks.send({ kind: 'run', host: index, agentId, run: { runId, bootId }, agent: agentOf(host.plan) });
    }
    host.full = false;
    this.#uplinks.send({ kind: 'round', host: index, snapshots: round.snapshots });
  }
}

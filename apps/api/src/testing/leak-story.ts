import { type Connection, type Push, type Snapshot } from '@closewatch/protocol';
import { DetectionService } from '../detection/detection.service.ts';
import { type MovableClock } from './movable-clock.ts';
import { buildConnection, buildPush, buildSnapshot, iso } from './push-builder.ts';
import { type TestApi } from './test-api.ts';

/** Between two snapshots, unless a story says otherwise. */
export const STEP_MS = 10_000;

/** A host whose service leaks, told snapshot by snapshot on a clock of its own; after each the server is made to look. */
export class LeakStory {
  readonly push: Push = buildPush();
  /** Of the service; another one after a restart. */
  process = { pid: 4_711, startedAt: iso(Date.now() - 86_400_000) };
  /** Where the service runs. */
  placement: { readonly unit?: string; readonly containerId?: string } = { unit: 'shop.service' };
  private readonly clock: MovableClock;
  private readonly port: number;
  private readonly stepMs: number;
  private readonly open = new Map<string, Connection>();
  private sequence = 0;
  private opened = 0;

  constructor({ clock, port = 8_080, stepMs = STEP_MS }: { clock: MovableClock; port?: number; stepMs?: number }) {
    this.clock = clock;
    this.port = port;
    this.stepMs = stepMs;
  }

  /** The clock moves on by so many steps; in each so many connections begin to leak, and all of them stay. */
  async leak(server: TestApi, steps: number, perStep: number, more: Partial<Snapshot> = {}): Promise<void> {
    for (let step = 0; step < steps; step++) {
      this.clock.aheadMs += this.stepMs;
      this.begin(perStep);
      await this.tell(server, more);
      await look(server);
    }
  }

  /** Time goes on without a word of the host. */
  async silence(server: TestApi, steps: number): Promise<void> {
    for (let step = 0; step < steps; step++) {
      this.clock.aheadMs += this.stepMs;
      await look(server);
    }
  }

  /** So many more connections begin to leak now. */
  begin(count: number): void {
    const at = this.clock.now();
    for (let index = 0; index < count; index++) {
      const socketId = `socket-${this.port}-${this.opened++}`;
      const owner = { ...this.process, executable: '/usr/bin/node', command: 'node shop.js', descriptor: this.opened };
      this.open.set(
        socketId,
        buildConnection(socketId, at, {
          local: { address: '192.0.2.1', port: this.port },
          recvQueue: 0,
          owners: [{ ...owner, ...this.placement }],
        }),
      );
    }
  }

  /** All of them are closed. */
  close(): void {
    this.open.clear();
  }

  /** The service ends; another process takes its place. */
  restart(): void {
    this.close();
    this.process = { pid: this.process.pid + 1, startedAt: iso(this.clock.now()) };
  }

  /** Pushes what there is now. */
  async tell(server: TestApi, more: Partial<Snapshot> = {}): Promise<void> {
    const takenAt = iso(this.clock.now());
    const connections = [...this.open.values()].map((connection) => ({ ...connection, lastSeenAt: takenAt }));
    const counts = { close_wait: connections.length } as Snapshot['counts'];
    const snapshot = { seq: this.sequence++, takenAt, intervalMs: this.stepMs, connections, counts, ...more };
    await server.pushed({ ...this.push, snapshots: [buildSnapshot(snapshot)] });
  }
}

/** A server looks at its hosts. */
export function look(server: TestApi): Promise<void> {
  return server.app.get(DetectionService).round();
}

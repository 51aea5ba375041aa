import { type Push, type Snapshot } from '@closewatch/protocol';
import { look, STEP_MS } from './leak-story.ts';
import { type MovableClock } from './movable-clock.ts';
import { buildPush, buildSnapshot, iso } from './push-builder.ts';
import { type TestApi } from './test-api.ts';

/** A host that tells what a test makes up, snapshot by snapshot; after each the server is made to look. */
export class HostStory {
  readonly push: Push = buildPush();
  private sequence = 0;

  constructor(private readonly clock: MovableClock) {}

  /** The clock moves on by so many steps, in each of which the host tells what is made of the step's number. */
  async tell(server: TestApi, steps: number, told: (step: number) => Partial<Snapshot>): Promise<void> {
    for (let step = 0; step < steps; step++) {
      this.clock.aheadMs += STEP_MS;
      const takenAt = iso(this.clock.now());
      const snapshot = buildSnapshot({ seq: this.sequence++, takenAt, intervalMs: STEP_MS, ...told(step) });
      await server.pushed({ ...this.push, snapshots: [snapshot] });
      await look(server);
    }
  }
}

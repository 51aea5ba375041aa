import { Injectable } from '@nestjs/common';
import { Clock } from '../time/clock.ts';

/** What the server that watches over a host says of one service there. */
export interface LeakFigure {
  readonly service: string;
  readonly leaked: number;
  /** Until its descriptors run out; null: they do not, or it is not known. */
  readonly timeLeftMs: number | null;
}

/** A host that is watched over is looked at every few seconds. What is older than this is no longer ours to tell. */
const FRESH_MS = 120_000;

/** The newest figures of the hosts that this server watches over: detection tells them, metrics read them. */
@Injectable()
export class LeakFigures {
  private readonly ofHosts = new Map<number, { readonly at: number; readonly figures: readonly LeakFigure[] }>();

  constructor(private readonly clock: Clock) {}

  /** All that leaks on a host now, in the place of what was told before. */
  tell(hostId: number, figures: readonly LeakFigure[]): void {
    this.ofHosts.set(hostId, { at: this.clock.now(), figures });
  }

  /** Another server watches over it from now on. */
  forget(hostId: number): void {
    this.ofHosts.delete(hostId);
  }

  /** Undefined: some other server watches over it, or none. */
  of(hostId: number): readonly LeakFigure[] | undefined {
    const told = this.ofHosts.get(hostId);
    return told !== undefined && told.at > this.clock.now() - FRESH_MS ? told.figures : undefined;
  }
}

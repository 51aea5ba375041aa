import { Injectable } from '@nestjs/common';

/** What the server that watches over a host says of one service there. */
export interface LeakFigure {
  readonly service: string;
  readonly leaked: number;
  /** Until its descriptors run out; null: they do not, or it is not known. */
  readonly timeLeftMs: number | null;
}

/** The newest figures of the hosts that this server watches over: detection tells them, metrics read them. */
@Injectable()
export class LeakFigures {
  private readonly ofHosts = new Map<number, readonly LeakFigure[]>();

  /** All that leaks on a host now, in the place of what was told before. */
  tell(hostId: number, figures: readonly LeakFigure[]): void {
    this.ofHosts.set(hostId, figures);
  }

  /** Another server watches over it from now on. */
  forget(hostId: number): void {
    this.ofHosts.delete(hostId);
  }

  /** Undefined: some other server watches over it, or none. */
  of(hostId: number): readonly LeakFigure[] | undefined {
    return this.ofHosts.get(hostId);
  }
}

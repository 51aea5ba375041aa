import { type TcpState } from '../tcp-state.ts';

/** A TCP socket in a text: its state is certain, everything behind `details` may still be anything. */
export interface SocketRow {
  readonly state: TcpState;
  readonly family: 'ipv4' | 'ipv6' | 'either';
  readonly recvQueue: number;
  readonly sendQueue: number;
  readonly local: string;
  readonly peer: string;
  /** What follows both ends (and the state). */
  readonly details: string;
}

/** What one line is. `bad`: a TCP socket that cannot be counted, and why. */
export type RowReading =
  | { readonly kind: 'socket'; readonly row: SocketRow }
  /** A row of another protocol. */
  | { readonly kind: 'other' }
  | { readonly kind: 'bad'; readonly reason: string };

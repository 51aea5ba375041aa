import { Injectable } from '@nestjs/common';

/** The time of day, handed to whoever needs it, so that tests can choose it. */
@Injectable()
export class Clock {
  /** Milliseconds since the epoch. */
  now(): number {
    return Date.now();
  }
}

/** An instant as the wire has it: ISO 8601, UTC, milliseconds. */
export function isoInstant(at: Date | number): string {
  return new Date(at).toISOString();
}

import { DestroyRef, Injectable, inject, signal } from '@angular/core';

/** A header has whole seconds, and a request takes a moment: less than this is no difference between clocks. */
const OFFSET_NOISE_MS = 2_500;

/**
 * The time now, in milliseconds on the **server's** clock, once a second. Ages and "last seen" are judged by it, so that
 * a laptop whose clock is off does not call every host silent.
 */
@Injectable({ providedIn: 'root' })
export class Clock {
  private offsetMs = 0;
  private readonly current = signal(Date.now());

  readonly now = this.current.asReadonly();

  constructor() {
    const timer = setInterval(() => this.tick(), 1_000);
    inject(DestroyRef).onDestroy(() => clearInterval(timer));
  }

  /** Learns the server's clock from a `Date` header. */
  hear(dateHeader: string | null): void {
    const serverMs = Date.parse(dateHeader ?? '');
    if (Number.isNaN(serverMs)) return;
    const offsetMs = serverMs - Date.now();
    if (Math.abs(offsetMs - this.offsetMs) <= OFFSET_NOISE_MS) return;
    this.offsetMs = Math.abs(offsetMs) <= OFFSET_NOISE_MS ? 0 : offsetMs;
    this.tick();
  }

  private tick(): void {
    this.current.set(Date.now() + this.offsetMs);
  }
}

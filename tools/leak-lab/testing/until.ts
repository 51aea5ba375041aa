import { setTimeout as delay } from 'node:timers/promises';

/** Looks again and again until there is something to see; fails after ten seconds, with `otherwise`. */
export async function until<Value>(look: () => Value | undefined | false, otherwise: () => string): Promise<Value> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const value = look();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > deadline) throw new Error(otherwise());
    await delay(20);
  }
}

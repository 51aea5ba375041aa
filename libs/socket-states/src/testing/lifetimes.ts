/** One connection in CLOSE_WAIT: from when until when, milliseconds on simulated time. `to` Infinity: nobody closes it. */
export interface Lifetime {
  readonly from: number;
  readonly to: number;
}

interface Span {
  readonly from: number;
  readonly until: number;
}

/** One connection every so often, each for `forMs` (Infinity: a leak). */
export function steady({ from, until, everyMs, forMs }: Span & { everyMs: number; forMs: number }): Lifetime[] {
  const lifetimes: Lifetime[] = [];
  for (let at = from; at < until; at += everyMs) lifetimes.push({ from: at, to: at + forMs });
  return lifetimes;
}

/** Connections that pile up, and a sweep every so often that closes them all. */
export function sawTooth({ from, until, everyMs, sweepMs }: Span & { everyMs: number; sweepMs: number }): Lifetime[] {
  return steady({ from, until, everyMs, forMs: Infinity }).map((lifetime) => ({
    from: lifetime.from,
    to: from + (Math.floor((lifetime.from - from) / sweepMs) + 1) * sweepMs,
  }));
}

/** `count` at once (a server of theirs restarted), spread over `overMs`, each for `forMs`. */
export function burst({
  at,
  count,
  overMs,
  forMs,
}: {
  at: number;
  count: number;
  overMs: number;
  forMs: number;
}): Lifetime[] {
  return Array.from({ length: count }, (_, index) => {
    const from = at + (index * overMs) / count;
    return { from, to: from + forMs };
  });
}

/** As many at all times as come in `forMs`, begun long ago: comes and goes by chance, and never rises. */
export function crowd(
  { from, until, everyMs, forMs }: Span & { everyMs: number; forMs: number },
  random: () => number,
): Lifetime[] {
  const lifetimes: Lifetime[] = [];
  for (let at = from - 10 * forMs; at < until; at -= everyMs * Math.log(1 - random())) {
    lifetimes.push({ from: at, to: at - forMs * Math.log(1 - random()) });
  }
  return lifetimes;
}

/** Ends what lives across a restart: the kernel closes the sockets of a process that is gone. */
export function restartedAt(lifetimes: readonly Lifetime[], restarts: readonly number[]): Lifetime[] {
  return lifetimes.map(({ from, to }) => {
    const end = restarts.find((at) => at > from && at < to);
    return { from, to: end ?? to };
  });
}

/** The same numbers from the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Where verdicts draw their lines. Durations in milliseconds; CPU in milliseconds of each second, summed over threads. */
export const VERDICT_LIMITS = {
  /** A connection younger than that may be closed yet: ordinary turnover. */
  youngMs: 60_000,
  /** One that lasts for so long is sure to last. */
  lastingMs: 300_000,
  /** Data that was sent so much later than the peer's end of stream was no answer that was under way when it came. */
  sentAfterMs: 300,
  /** Data was sent within a minute, of which the agent asks every 30 s. */
  sentWithinMs: 95_000,
  /** A window that stays closed so long, or so many retransmits in vain: the peer takes nothing. */
  blockedForMs: 60_000,
  blockedRetries: 3,
  /** A thread that polled so recently would see the end of a stream. */
  polledWithinMs: 30_000,
  /** Not having seen one poll proves something after that. */
  watchedForMs: 30_000,
  /** So recently that a program at work gets around to it. */
  getsAroundWithinMs: 10_000,
  throttled: 250,
  starved: 250,
  /** Ready but waiting for a CPU so many times as long as on one: starved, and not just busy on a busy host. */
  starvedRatio: 2,
  /** So many times as long it is starved even if what it had would have done: that much CPU time without once polling. */
  starvedSurelyRatio: 4,
  enoughCpuMs: 5_000,
  /** Of one CPU, run and waited for: a thread that never sleeps. */
  busy: 700,
  /** No more than that is asleep. */
  asleep: 20,
} as const;

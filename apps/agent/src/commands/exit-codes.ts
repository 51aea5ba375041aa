/** Exit codes of closewatch-agent; the manual page tells them too. */
export const EXIT = {
  ok: 0,
  /** It could not do what it was asked to. */
  failed: 1,
  /** The command line or the environment means nothing. */
  usage: 2,
  /** `leaks --check` found leaks, `doctor` found something missing. */
  finding: 3,
} as const;

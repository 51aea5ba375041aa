/** What is seen of sockets and speaks for or against a verdict; words: `reason.<key>` in libs/messages. */
export const SOCKET_REASONS = [
  'read_to_the_end',
  'unread',
  'only_end_unread',
  'persists',
  'young',
  'sent_after_end',
  'send_queue',
  'zero_window',
  'retransmits',
  'accept_queue',
  'accept_queue_full',
  'accept_queue_empty',
  'no_descriptor',
  'several_owners',
  'no_owner',
  'idle_outbound',
  'orphaned',
  'turnover',
  'others',
] as const;

/** What is seen of the process that holds them. */
export const PROCESS_REASONS = [
  'polled',
  'not_polled',
  'idles',
  'stopped',
  'uninterruptible',
  'pipe',
  'file_lock',
  'futex',
  'throttled',
  'run_queue_wait',
  'runs',
  'no_cpu',
  'process_stuck',
  'sending',
] as const;

/** Evidence that is missing; words: `missing.<key>`. */
export const MISSING = [
  'process',
  'owner_hidden',
  'waits_hidden',
  'waits_refused',
  'no_syscall',
  'no_schedule',
  'cgroup_outside',
  'cgroup_not_mounted',
  'cgroup_untold',
  'second_look',
  'longer_watch',
  'some_threads',
  'accept_queue',
  'progress',
  'other',
] as const;

export type VerdictReasonKey = `reason.${(typeof SOCKET_REASONS)[number] | (typeof PROCESS_REASONS)[number]}`;
export type MissingKey = `missing.${(typeof MISSING)[number]}`;

/** Every key that a finding may name, advice left out: that is `advice.<verdict>`. */
export const VERDICT_REASON_KEYS: readonly VerdictReasonKey[] = [...SOCKET_REASONS, ...PROCESS_REASONS].map(
  (name) => `reason.${name}` as const,
);
export const MISSING_KEYS: readonly MissingKey[] = MISSING.map((name) => `missing.${name}` as const);

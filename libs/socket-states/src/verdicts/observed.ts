/** What is known of one CLOSE_WAIT connection, or of `count` that are alike. The wire's connections fit. Instants are ISO 8601. */
export interface ObservedSocket {
  readonly direction: 'inbound' | 'outbound' | null;
  /** It was in CLOSE_WAIT at this instant at the latest. */
  readonly openedBefore: string;
  readonly recvQueue: number;
  readonly sendQueue: number;
  readonly bytesAcked: number | null;
  /** When this side last sent data (tcpi_last_data_sent). */
  readonly lastSentAt: string | null;
  readonly timer: { readonly kind: string; readonly retries: number } | null;
  /** Of the listener in whose queue it waits: how many wait, and how many may. */
  readonly acceptQueue: { readonly length: number; readonly limit: number | null } | null;
  readonly ownership: 'known' | 'not_accepted' | 'hidden' | 'none';
  readonly owners: readonly { readonly pid: number; readonly startedAt: string | null }[];
  /** When queues, timer and the instant of sending were told; the instant of judging where it is left out. */
  readonly valuedAt?: string;
  /** 1 where it is left out. */
  readonly count?: number;
}

/** What is known of a process that holds them, rates between two looks. The wire's evidence (ProcessEvidence) fits. */
export interface ObservedProcess {
  readonly process: { readonly pid: number; readonly executable: string };
  readonly closeWait: number;
  readonly unread: number;
  readonly orphaned: number;
  readonly windowMs: number | null;
  readonly threads: { readonly total: number; readonly looked: number };
  readonly waits: readonly {
    readonly state: string;
    readonly wchan: string | null;
    readonly syscall: string | null;
    readonly threads: number;
  }[];
  readonly polledAgoMs: number | null;
  readonly watchedMs: number;
  readonly cpu: { readonly runMsPerSecond: number; readonly runQueueWaitMsPerSecond: number } | null;
  readonly throttling: { readonly throttledPerSecond: number; readonly throttledMsPerSecond: number } | null;
  readonly descriptors: { readonly used: number | null; readonly limit: number | null };
  readonly missing: readonly string[];
}

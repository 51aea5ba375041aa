const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** When a service leaks. Trigger: max(`least`, min(`descriptorShare` of its descriptor limit, `most`)) leaked sockets. */
export interface LeakThresholds {
  readonly trigger: { readonly least: number; readonly most: number; readonly descriptorShare: number };
  /** In CLOSE_WAIT for so long: leaked; for so long: a suspect. Whoever takes samples counts by these. */
  readonly leakedAfterMs: number;
  readonly suspectAfterMs: number;
  /**
   * Fast path: arrivals in so many different samples, no more than `burstShare` of them in two; one is `oldestMs` old; of
   * those that came, no more than `endedShare` ended, none of them in the last `noneEndedMs`; and more are on their way
   * (young ones), or arrivals go back for `arrivalsForMs`. As many as
   * the trigger stay, and `deviations` times the square root of all that are leaked, or `sureArrivals`.
   */
  readonly fast: {
    readonly arrivalSamples: number;
    readonly burstShare: number;
    readonly oldestMs: number;
    readonly noneEndedMs: number;
    readonly endedShare: number;
    readonly arrivalsForMs: number;
    readonly deviations: number;
    readonly sureArrivals: number;
  };
  readonly trend: TrendThresholds;
  /** Minima of successive spans rise in `rises` of `spans - 1` steps, by `growth` in all. */
  readonly slow: readonly SlowLeakThresholds[];
  readonly critical: CriticalThresholds;
  /** Less leaked than this share of the trigger, and nothing newly leaked for `nothingNewMs`: quiet. */
  readonly quiet: { readonly triggerShare: number; readonly nothingNewMs: number };
}

/** What makes a series a rising one. Shares are of the window, drops of the value before, rises of the slope. */
export interface TrendThresholds {
  readonly windowMs: number;
  readonly presentShare: number;
  /** A drop of more than this share cuts the window (a restart, a sweep). */
  readonly dropShare: number;
  readonly points: number;
  readonly segmentShare: number;
  /** The first half and the last quarter rise at such a share of the slope at least. */
  readonly partShare: number;
  /** The rise is at least so many times the square root of the level: what comes and goes by chance is less. */
  readonly deviations: number;
}

export interface SlowLeakThresholds {
  readonly spanHours: number;
  readonly spans: number;
  readonly rises: number;
  readonly growth: number;
  /** And by so many times the square root of the level. */
  readonly deviations: number;
  /** One of the leaked is so old. */
  readonly oldestMs: number;
}

export interface CriticalThresholds {
  readonly timeLeftMs: number;
  readonly usedShare: number;
  /** Leaked sockets are such a share of the descriptors in use. */
  readonly leakedShare: number;
  /** The accept queue is so full. */
  readonly queueShare: number;
}

/** Something of which there is a limit: warned of by its use, or by the time that is left when it keeps rising. */
export interface ExhaustionThresholds {
  readonly trend: TrendThresholds;
  /** Time left is not told below this share. */
  readonly forecastFromShare: number;
  readonly warning: { readonly usedShare: number; readonly timeLeftMs: number };
  readonly critical: { readonly usedShare: number; readonly timeLeftMs: number };
  /** In use for all of this long (or rising), so that a short peak is none. */
  readonly forMs: number;
  readonly quietShare: number;
}

/** A counter that ought to stand still. */
export interface CounterThresholds {
  readonly windowMs: number;
  readonly warningIncrease: number;
  readonly criticalIncrease: number;
  /** In so many different samples. */
  readonly risingSamples: number;
}

export interface Thresholds {
  readonly leak: LeakThresholds;
  readonly descriptors: ExhaustionThresholds;
  readonly systemDescriptors: ExhaustionThresholds;
  readonly ports: ExhaustionThresholds;
  readonly timeWaitOverflow: CounterThresholds;
  readonly acceptQueue: CounterThresholds & { readonly queueShare: number };
  readonly synFlood: {
    readonly windowMs: number;
    /** SYN_RECV sockets, for `forMs`; or cookies sent, a second. */
    readonly halfOpen: number;
    readonly forMs: number;
    readonly cookiesPerSecond: number;
    /** Requests dropped, in the window. */
    readonly criticalDrops: number;
  };
  readonly hostStarved: {
    readonly forMs: number;
    /** Of the samples in that time. */
    readonly samplesShare: number;
    /** Share of the time in which some task waited for a CPU (PSI, some avg10). */
    readonly warningStallShare: number;
    readonly criticalStallShare: number;
    /** Without PSI: so many processes, not throttled, wait for a CPU so many times as long as they run. */
    readonly waitingProcesses: number;
    readonly waitToRun: number;
  };
  readonly hostSilent: { readonly silentMs: number; readonly intervals: number; readonly criticalMs: number };
  readonly clockSkew: { readonly warningMs: number; readonly criticalMs: number; readonly samples: number };
  readonly incidents: IncidentThresholds;
}

/** How incidents live on after they opened. */
export interface IncidentThresholds {
  /** Quiet for so long: it clears; quiet for `holdMs` more: it has recovered. */
  readonly quietMs: number;
  readonly holdMs: number;
  /** Less than critical for so long: eased. */
  readonly easeAfterMs: number;
  /** Back within this time after its resolution: the same incident goes on. */
  readonly reopenWithinMs: number;
  /** Resolved by hand while it went on: told again after this time, or when it gets worse. */
  readonly byHandSilenceMs: number;
  /** Nothing is heard of the host for so long: whatever was wrong with it is over. */
  readonly hostGoneMs: number;
  /** A restart so long before it went quiet, or after, is why. */
  readonly restartNearMs: number;
  /** Figures that change are written no more often than this. */
  readonly figuresEveryMs: number;
}

const TREND: TrendThresholds = {
  windowMs: 10 * MINUTE,
  presentShare: 0.8,
  dropShare: 0.5,
  points: 10,
  segmentShare: 1 / 3,
  partShare: 0.3,
  deviations: 4,
};

/**
 * What ships. All times are durations in milliseconds, never numbers of snapshots, so that hosts that sample slowly are
 * judged alike. Tuned on the leak lab; a rules file overrides any of them (docs/rules.md).
 */
export const DEFAULT_THRESHOLDS: Thresholds = {
  leak: {
    trigger: { least: 5, most: 10, descriptorShare: 0.001 },
    leakedAfterMs: MINUTE,
    suspectAfterMs: 5 * MINUTE,
    fast: {
      arrivalSamples: 3,
      burstShare: 0.8,
      oldestMs: 75 * SECOND,
      noneEndedMs: MINUTE,
      endedShare: 0.1,
      arrivalsForMs: 3 * MINUTE,
      deviations: 3,
      sureArrivals: 20,
    },
    trend: TREND,
    slow: [
      { spanHours: 1, spans: 6, rises: 4, growth: 5, oldestMs: 5 * HOUR, deviations: 3 },
      { spanHours: 4, spans: 6, rises: 4, growth: 5, oldestMs: 20 * HOUR, deviations: 3 },
    ],
    critical: { timeLeftMs: HOUR, usedShare: 0.85, leakedShare: 0.25, queueShare: 1 },
    quiet: { triggerShare: 0.5, nothingNewMs: MINUTE },
  },
  descriptors: {
    trend: TREND,
    forecastFromShare: 0.5,
    warning: { usedShare: 0.9, timeLeftMs: HOUR },
    critical: { usedShare: 0.97, timeLeftMs: 15 * MINUTE },
    forMs: 2 * MINUTE,
    quietShare: 0.8,
  },
  systemDescriptors: {
    trend: TREND,
    forecastFromShare: 0.5,
    warning: { usedShare: 0.85, timeLeftMs: 6 * HOUR },
    critical: { usedShare: 0.95, timeLeftMs: HOUR },
    forMs: 2 * MINUTE,
    quietShare: 0.8,
  },
  ports: {
    trend: TREND,
    forecastFromShare: 0.3,
    warning: { usedShare: 0.8, timeLeftMs: HOUR },
    critical: { usedShare: 0.95, timeLeftMs: 10 * MINUTE },
    forMs: MINUTE,
    quietShare: 0.6,
  },
  timeWaitOverflow: { windowMs: 5 * MINUTE, warningIncrease: 1, criticalIncrease: 1_000_000, risingSamples: 2 },
  acceptQueue: {
    windowMs: 5 * MINUTE,
    warningIncrease: 1,
    criticalIncrease: 1_000,
    risingSamples: 2,
    queueShare: 1,
  },
  synFlood: {
    windowMs: 2 * MINUTE,
    halfOpen: 256,
    forMs: 30 * SECOND,
    cookiesPerSecond: 10,
    criticalDrops: 100,
  },
  hostStarved: {
    forMs: MINUTE,
    samplesShare: 0.8,
    warningStallShare: 0.6,
    criticalStallShare: 0.9,
    waitingProcesses: 3,
    waitToRun: 2,
  },
  hostSilent: { silentMs: MINUTE, intervals: 6, criticalMs: 15 * MINUTE },
  clockSkew: { warningMs: 5 * SECOND, criticalMs: 5 * MINUTE, samples: 3 },
  incidents: {
    quietMs: 5 * MINUTE,
    holdMs: 10 * MINUTE,
    easeAfterMs: 5 * MINUTE,
    reopenWithinMs: 30 * MINUTE,
    byHandSilenceMs: 30 * MINUTE,
    hostGoneMs: 7 * 24 * 60 * MINUTE,
    restartNearMs: 2 * MINUTE,
    figuresEveryMs: 15 * SECOND,
  },
};

/**
 * The uplink as a machine of states and events, without time or network: what happens next follows from the state, the
 * event and what there is to send.
 *
 * Two kinds of pushes take turns on one connection. The newest snapshots go first, for people watch them. The backlog,
 * what could not be delivered, goes oldest first and batched in between: it begins some chance time after the server is
 * back, for its other agents come back too, and rests after each push at least as long as that took.
 */
export type UplinkState =
  /** Nothing to send now. */
  | { readonly name: 'idle'; readonly batch: number; readonly backlog: BacklogPace }
  /** A push is under way. `failures`: pushes in a row that came to nothing. */
  | ({ readonly name: 'sending'; readonly what: Pushed } & Carried)
  /** The last push came to nothing; the next starts when the time is over. */
  | ({ readonly name: 'waiting' } & Carried)
  | { readonly name: 'stopped' };

export type Pushed = 'newest' | 'backlog';

interface Carried {
  /** Most snapshots in a push of the backlog. */
  readonly batch: number;
  readonly failures: number;
  readonly backlog: BacklogPace;
}

/** `held` until the server takes the newest snapshot, `resting` until its time is over, `ready`. */
export type BacklogPace = 'held' | 'resting' | 'ready';

/** What there is to send. */
export interface Pending {
  readonly newest: boolean;
  readonly backlog: boolean;
}

/** How the server, or the way to it, refused. */
export type Refusal =
  /** 400 for what is not in its snapshots: other snapshots would fare no better. */
  | 'malformed'
  /** 400 for what is in one of its snapshots. */
  | 'bad_snapshot'
  /** 401, 403 */
  | 'unauthorized'
  /** 409: two machines go by the same agent id. */
  | 'cloned'
  /** 413 */
  | 'too_large'
  /** 426 */
  | 'wrong_version'
  /** 429, 503: not now. */
  | 'busy'
  /** Any other status, or a 200 that is none of ours. */
  | 'not_closewatch'
  /** 5xx, or no answer at all. */
  | 'unreachable';

export type UplinkEvent =
  | { readonly name: 'queued' }
  /** The wait after a failure is over. */
  | { readonly name: 'elapsed' }
  /** The rest of the backlog is over. */
  | { readonly name: 'rested' }
  | { readonly name: 'accepted'; readonly tookMs: number }
  | ({ readonly name: 'refused' } & RefusedEvent)
  | { readonly name: 'stop' };

interface RefusedEvent {
  readonly as: Refusal;
  /** How many snapshots were in the push. */
  readonly sent: number;
  readonly retryAfterMs?: number;
}

export type UplinkEffect =
  /** At most so many snapshots. */
  | { readonly do: 'send'; readonly what: Pushed; readonly batch: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'rest'; readonly ms: number }
  /** Makes the newest part of the backlog. */
  | { readonly do: 'set_aside' }
  /** Gives up the only snapshot of the push that was refused. */
  | { readonly do: 'drop' };

export interface UplinkStep {
  readonly state: UplinkState;
  readonly effects: readonly UplinkEffect[];
}

export interface UplinkPolicy {
  /** Most snapshots in one push. */
  readonly batch: number;
  /** First pause after a failure; doubled each time up to the longest. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** Pause where only a person can help. */
  readonly slowPauseMs: number;
  /** Over so long the agents of a server spread the beginning of their backlogs. */
  readonly spreadMs: number;
  /** Shortest rest between two pushes of the backlog. */
  readonly restMs: number;
}

export const UPLINK_POLICY: UplinkPolicy = {
  batch: 200,
  firstPauseMs: 1_000,
  longestPauseMs: 60_000,
  slowPauseMs: 60_000,
  spreadMs: 10_000,
  restMs: 1_000,
};

/** Longer than any server should ask for; a slip of the pen must not silence an agent for ever. */
const LONGEST_RETRY_AFTER_MS = 15 * 60_000;

/**
 * The next state and what to do. `chance` from 0 to 1 spreads what many agents do; an event that means nothing in a
 * state changes nothing.
 */
export function nextStep(
  state: UplinkState,
  event: UplinkEvent,
  pending: Pending,
  policy: UplinkPolicy,
  chance: number,
): UplinkStep {
  if (state.name === 'stopped') return { state, effects: [] };
  switch (event.name) {
    case 'stop':
      return { state: { name: 'stopped' }, effects: [] };
    case 'queued':
      return state.name === 'idle' ? choose({ ...state, failures: 0 }, pending) : { state, effects: [] };
    case 'elapsed':
      return state.name === 'waiting' ? choose(state, pending) : { state, effects: [] };
    case 'rested': {
      if (state.backlog !== 'resting') return { state, effects: [] };
      const rested = { ...state, backlog: 'ready' } as const;
      return rested.name === 'idle' ? choose({ ...rested, failures: 0 }, pending) : { state: rested, effects: [] };
    }
    case 'accepted':
      return state.name === 'sending' ? accepted(state, event.tookMs, pending, policy, chance) : { state, effects: [] };
    case 'refused':
      return state.name === 'sending' ? refused(state, event, pending, policy, chance) : { state, effects: [] };
  }
}

function choose({ batch, failures, backlog }: Carried, pending: Pending): UplinkStep {
  const what = pending.newest ? 'newest' : pending.backlog && backlog === 'ready' ? 'backlog' : undefined;
  if (what === undefined) return { state: { name: 'idle', batch, backlog }, effects: [] };
  return { state: { name: 'sending', what, batch, failures, backlog }, effects: [{ do: 'send', what, batch }] };
}

function accepted(
  { what, batch, backlog }: Carried & { what: Pushed },
  tookMs: number,
  pending: Pending,
  policy: UplinkPolicy,
  chance: number,
): UplinkStep {
  const grown = Math.min(policy.batch, batch * 2);
  const restMs = restAfter(what, tookMs, policy, chance);
  const begins = what === 'backlog' || backlog === 'held';
  if (!begins) return choose({ batch: grown, failures: 0, backlog }, pending);
  if (!pending.backlog) return choose({ batch: grown, failures: 0, backlog: 'ready' }, pending);
  const { state, effects } = choose({ batch: grown, failures: 0, backlog: 'resting' }, pending);
  return { state, effects: [{ do: 'rest', ms: restMs }, ...effects] };
}

function restAfter(what: Pushed, tookMs: number, policy: UplinkPolicy, chance: number): number {
  if (what === 'newest') return Math.round(policy.spreadMs * chance);
  return Math.round(Math.max(policy.restMs, tookMs) * (1 + chance / 2));
}

function refused(
  state: Carried & { what: Pushed },
  { as, sent, retryAfterMs }: RefusedEvent,
  pending: Pending,
  policy: UplinkPolicy,
  chance: number,
): UplinkStep {
  const { batch, failures } = state;
  const wait = (ms: number, backlog: BacklogPace = 'held'): UplinkStep => ({
    state: { name: 'waiting', batch, failures: failures + 1, backlog },
    effects: [{ do: 'wait', ms }],
  });
  // What the server asks for holds for all that would be sent to it.
  if (as === 'busy') return wait(asked(retryAfterMs, chance) ?? pause(failures, policy, chance));
  if (state.what === 'backlog') return backlogRefused(state, { as, sent }, pending, policy, chance);
  switch (as) {
    case 'too_large':
    case 'bad_snapshot': {
      if (sent > 1) {
        const { state: next, effects } = halved(state, sent, { newest: false, backlog: true });
        return { state: next, effects: [{ do: 'set_aside' }, ...effects] };
      }
      const { state: next, effects } = wait(pause(failures, policy, chance), state.backlog);
      return { state: next, effects: [{ do: 'drop' }, ...effects] };
    }
    case 'unreachable':
      return wait(pause(failures, policy, chance));
    case 'malformed':
    case 'unauthorized':
    case 'cloned':
    case 'wrong_version':
    case 'not_closewatch':
      return wait(asked(retryAfterMs, chance) ?? policy.slowPauseMs);
  }
}

/** Nothing that is wrong with the backlog holds up the newest: if the server is away, that will tell. */
function backlogRefused(
  { batch, failures }: Carried,
  { as, sent }: RefusedEvent,
  pending: Pending,
  policy: UplinkPolicy,
  chance: number,
): UplinkStep {
  const lacking = as === 'too_large' || as === 'bad_snapshot';
  if (lacking && sent > 1) return halved({ failures }, sent, pending);
  const restMs = lacking ? policy.restMs : as === 'unreachable' ? policy.spreadMs : policy.slowPauseMs;
  const { state, effects } = choose({ batch, failures, backlog: 'resting' }, pending);
  const rest = { do: 'rest', ms: Math.round(restMs * (1 + chance / 2)) } as const;
  return { state, effects: [...(lacking ? [{ do: 'drop' } as const] : []), rest, ...effects] };
}

/** Sends less at a time, to get around what is too large or find what is bad. */
function halved({ failures }: Pick<Carried, 'failures'>, sent: number, pending: Pending): UplinkStep {
  return choose({ batch: Math.ceil(sent / 2), failures, backlog: 'ready' }, pending);
}

/** Exponential, the upper half of it by chance. */
function pause(failures: number, { firstPauseMs, longestPauseMs }: UplinkPolicy, chance: number): number {
  const whole = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures, 30));
  return Math.round(whole / 2 + (whole / 2) * chance);
}

/** Never sooner than asked, and spread over a tenth more. */
function asked(retryAfterMs: number | undefined, chance: number): number | undefined {
  if (retryAfterMs === undefined) return undefined;
  return Math.round(Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS) * (1 + chance / 10));
}

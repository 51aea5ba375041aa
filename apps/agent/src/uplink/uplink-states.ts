/**
 * The uplink as a machine of states and events, without time or network: what happens next follows from the state and
 * the event alone.
 */
export type UplinkState =
  /** Nothing to send. */
  | { readonly name: 'idle'; readonly batch: number }
  /** A push is under way. `failures`: pushes in a row that came to nothing. */
  | { readonly name: 'sending'; readonly batch: number; readonly failures: number }
  /** The last push came to nothing; the next starts when the time is over. */
  | { readonly name: 'waiting'; readonly batch: number; readonly failures: number }
  | { readonly name: 'stopped' };

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
  | { readonly name: 'elapsed' }
  | { readonly name: 'accepted'; readonly left: number }
  /** `sent`: how many snapshots were in the push. */
  | { readonly name: 'refused'; readonly as: Refusal; readonly sent: number; readonly retryAfterMs?: number }
  | { readonly name: 'stop' };

export type UplinkEffect =
  | { readonly do: 'send' }
  | { readonly do: 'wait'; readonly ms: number }
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
}

export const UPLINK_POLICY: UplinkPolicy = {
  batch: 200,
  firstPauseMs: 1_000,
  longestPauseMs: 60_000,
  slowPauseMs: 60_000,
};

/** Longer than any server should ask for; a slip of the pen must not silence an agent for ever. */
const LONGEST_RETRY_AFTER_MS = 15 * 60_000;

/**
 * The next state and what to do. `chance` from 0 to 1 spreads the retries of many agents; an event that means nothing
 * in a state changes nothing.
 */
export function nextStep(state: UplinkState, event: UplinkEvent, policy: UplinkPolicy, chance: number): UplinkStep {
  if (state.name === 'stopped') return { state, effects: [] };
  switch (event.name) {
    case 'stop':
      return { state: { name: 'stopped' }, effects: [] };
    case 'queued':
      return state.name === 'idle' ? send(state.batch, 0) : { state, effects: [] };
    case 'elapsed':
      return state.name === 'waiting' ? send(state.batch, state.failures) : { state, effects: [] };
    case 'accepted': {
      if (state.name !== 'sending') return { state, effects: [] };
      const batch = Math.min(policy.batch, state.batch * 2);
      return event.left > 0 ? send(batch, 0) : { state: { name: 'idle', batch }, effects: [] };
    }
    case 'refused':
      return state.name === 'sending' ? refused(state, event, policy, chance) : { state, effects: [] };
  }
}

function refused(
  { batch, failures }: { batch: number; failures: number },
  { as, sent, retryAfterMs }: { as: Refusal; sent: number; retryAfterMs?: number },
  policy: UplinkPolicy,
  chance: number,
): UplinkStep {
  const wait = (ms: number): UplinkStep => ({
    state: { name: 'waiting', batch, failures: failures + 1 },
    effects: [{ do: 'wait', ms }],
  });
  switch (as) {
    case 'too_large':
    case 'bad_snapshot': {
      if (sent > 1) return send(Math.ceil(sent / 2), failures);
      const { state, effects } = wait(pause(failures, policy, chance));
      return { state, effects: [{ do: 'drop' }, ...effects] };
    }
    case 'busy':
      return wait(asked(retryAfterMs, chance) ?? pause(failures, policy, chance));
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

function send(batch: number, failures: number): UplinkStep {
  return { state: { name: 'sending', batch, failures }, effects: [{ do: 'send' }] };
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

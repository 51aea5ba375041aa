import { type StateCounts, type StateTally } from '../state-counts.ts';
import { TCP_STATES, type TcpState } from '../tcp-state.ts';
import { type Scope } from './headings.ts';
import { type SocketTool } from './socket-text.ts';

export interface Measured {
  readonly counts: StateCounts;
  /** The text may show listening sockets alone: then it says nothing about the others. */
  readonly listenersAlone: boolean;
}

/**
 * Which zeros are zeros. A state without sockets was measured where this call of the tool shows such sockets; else its
 * count is null. netstat says it in its title. ss does not: without `-a` it leaves out listeners, TIME_WAIT, SYN_RECV
 * and closed sockets (ss(8), states `connected` and `bucket`), and `-l` shows nothing but listeners.
 */
export function measured(tally: StateTally, scope: Scope, tool: SocketTool): Measured {
  const sockets = TCP_STATES.reduce((sum, state) => sum + tally[state], 0);
  const listenersAlone = scope === undefined && tally.listen > 0 && tally.listen + tally.closed === sockets;
  const notShown = new Set<TcpState>();
  if (listenersAlone) {
    for (const state of TCP_STATES) if (state !== 'listen' && state !== 'closed') notShown.add(state);
  } else if (scope === 'connected' || (scope === undefined && tally.listen === 0)) {
    notShown.add('listen').add('closed');
    const bucketsShown = tally.time_wait + tally.syn_received > 0;
    if (tool === 'ss' && !bucketsShown) notShown.add('time_wait').add('syn_received');
  }
  const counts = Object.fromEntries(
    TCP_STATES.map((state) => [state, tally[state] === 0 && notShown.has(state) ? null : tally[state]]),
  ) as Record<TcpState, number | null>;
  return { counts, listenersAlone };
}

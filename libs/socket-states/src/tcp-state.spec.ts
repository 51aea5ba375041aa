import { describe, expect, it } from '@jest/globals';
import { TCP_STATES, TCP_STATE_FACTS, parseTcpState, tcpStateFromKernel, type TcpState } from './tcp-state.ts';

describe('the spelling of', () => {
  const spellings: [tool: string, Record<string, TcpState>][] = [
    [
      'OpenTelemetry',
      {
        close_wait: 'close_wait',
        closed: 'closed',
        closing: 'closing',
        established: 'established',
        fin_wait_1: 'fin_wait_1',
        fin_wait_2: 'fin_wait_2',
        last_ack: 'last_ack',
        listen: 'listen',
        syn_received: 'syn_received',
        syn_sent: 'syn_sent',
        time_wait: 'time_wait',
      },
    ],
    [
      'netstat on Linux and psutil',
      {
        ESTABLISHED: 'established',
        SYN_SENT: 'syn_sent',
        SYN_RECV: 'syn_received',
        FIN_WAIT1: 'fin_wait_1',
        FIN_WAIT2: 'fin_wait_2',
        TIME_WAIT: 'time_wait',
        CLOSE: 'closed',
        CLOSE_WAIT: 'close_wait',
        LAST_ACK: 'last_ack',
        LISTEN: 'listen',
        CLOSING: 'closing',
        UNKNOWN: 'unknown',
      },
    ],
    [
      'ss',
      {
        ESTAB: 'established',
        'SYN-SENT': 'syn_sent',
        'SYN-RECV': 'syn_received',
        'FIN-WAIT-1': 'fin_wait_1',
        'FIN-WAIT-2': 'fin_wait_2',
        'TIME-WAIT': 'time_wait',
        UNCONN: 'closed',
        'CLOSE-WAIT': 'close_wait',
        'LAST-ACK': 'last_ack',
        LISTEN: 'listen',
        CLOSING: 'closing',
      },
    ],
    [
      'a filter of ss',
      {
        established: 'established',
        'syn-sent': 'syn_sent',
        'syn-recv': 'syn_received',
        'fin-wait-1': 'fin_wait_1',
        'fin-wait-2': 'fin_wait_2',
        'time-wait': 'time_wait',
        unconnected: 'closed',
        'close-wait': 'close_wait',
        'last-ack': 'last_ack',
        listening: 'listen',
        closing: 'closing',
        'bound-inactive': 'closed',
      },
    ],
    [
      'the kernel',
      {
        TCP_ESTABLISHED: 'established',
        TCP_SYN_SENT: 'syn_sent',
        TCP_SYN_RECV: 'syn_received',
        TCP_NEW_SYN_RECV: 'syn_received',
        TCP_FIN_WAIT1: 'fin_wait_1',
        TCP_FIN_WAIT2: 'fin_wait_2',
        TCP_TIME_WAIT: 'time_wait',
        TCP_CLOSE: 'closed',
        TCP_CLOSE_WAIT: 'close_wait',
        TCP_LAST_ACK: 'last_ack',
        TCP_LISTEN: 'listen',
        TCP_CLOSING: 'closing',
        TCP_BOUND_INACTIVE: 'closed',
      },
    ],
    [
      "Prometheus' node_exporter",
      {
        established: 'established',
        syn_sent: 'syn_sent',
        syn_recv: 'syn_received',
        fin_wait1: 'fin_wait_1',
        fin_wait2: 'fin_wait_2',
        time_wait: 'time_wait',
        close: 'closed',
        close_wait: 'close_wait',
        last_ack: 'last_ack',
        listen: 'listen',
        closing: 'closing',
      },
    ],
    [
      'cAdvisor',
      {
        established: 'established',
        synsent: 'syn_sent',
        synrecv: 'syn_received',
        finwait1: 'fin_wait_1',
        finwait2: 'fin_wait_2',
        timewait: 'time_wait',
        close: 'closed',
        closewait: 'close_wait',
        lastack: 'last_ack',
        listen: 'listen',
        closing: 'closing',
      },
    ],
    [
      'macOS, FreeBSD and lsof',
      {
        CLOSED: 'closed',
        LISTEN: 'listen',
        SYN_SENT: 'syn_sent',
        SYN_RCVD: 'syn_received',
        ESTABLISHED: 'established',
        CLOSE_WAIT: 'close_wait',
        FIN_WAIT_1: 'fin_wait_1',
        CLOSING: 'closing',
        LAST_ACK: 'last_ack',
        FIN_WAIT_2: 'fin_wait_2',
        TIME_WAIT: 'time_wait',
      },
    ],
    [
      'netstat on Windows',
      {
        LISTENING: 'listen',
        SYN_SENT: 'syn_sent',
        SYN_RECEIVED: 'syn_received',
        ESTABLISHED: 'established',
        FIN_WAIT_1: 'fin_wait_1',
        FIN_WAIT_2: 'fin_wait_2',
        CLOSE_WAIT: 'close_wait',
        CLOSING: 'closing',
        LAST_ACK: 'last_ack',
        TIME_WAIT: 'time_wait',
        TIMED_WAIT: 'time_wait',
        DELETE_TCB: 'closed',
      },
    ],
    [
      'PowerShell and the MIB of RFC 4022',
      {
        Bound: 'closed',
        Closed: 'closed',
        CloseWait: 'close_wait',
        Closing: 'closing',
        DeleteTCB: 'closed',
        Established: 'established',
        finWait1: 'fin_wait_1',
        finWait2: 'fin_wait_2',
        lastAck: 'last_ack',
        listen: 'listen',
        synReceived: 'syn_received',
        synSent: 'syn_sent',
        timeWait: 'time_wait',
      },
    ],
    [
      'Solaris',
      {
        BOUND: 'closed',
        IDLE: 'closed',
        LISTEN: 'listen',
        SYN_SENT: 'syn_sent',
        SYN_RCVD: 'syn_received',
        ESTABLISHED: 'established',
        FIN_WAIT_1: 'fin_wait_1',
        FIN_WAIT_2: 'fin_wait_2',
        CLOSE_WAIT: 'close_wait',
        CLOSING: 'closing',
        LAST_ACK: 'last_ack',
        TIME_WAIT: 'time_wait',
      },
    ],
    ['RFC 9293', { 'SYN-RECEIVED': 'syn_received', 'FIN-WAIT-1': 'fin_wait_1', 'CLOSE-WAIT': 'close_wait' }],
    ['people', { ' Close Wait ': 'close_wait', closewait: 'close_wait', 'TIME WAIT': 'time_wait' }],
  ];

  it.each(spellings)('%s is understood', (_tool, expected) => {
    const understood = Object.fromEntries(Object.keys(expected).map((text) => [text, parseTcpState(text)]));

    expect(understood).toEqual(expected);
  });
});

it.each(['', ' ', 'State', 'Foreign', 'fin_wait_3', 'close_waits', 'tcp', '8', 'constructor', '__proto__'])(
  'does not take "%s" for a state',
  (text) => {
    expect(parseTcpState(text)).toBeUndefined();
  },
);

it('reads back what it writes for netstat and ss', () => {
  for (const state of TCP_STATES) {
    expect(parseTcpState(TCP_STATE_FACTS[state].netstat)).toBe(state);
    expect(parseTcpState(TCP_STATE_FACTS[state].ss)).toBe(state);
  }
});

it('knows the numbers of include/net/tcp_states.h', () => {
  const names = Array.from({ length: 15 }, (_, number) => tcpStateFromKernel(number));

  expect(names).toEqual([
    'unknown',
    'established',
    'syn_sent',
    'syn_received',
    'fin_wait_1',
    'fin_wait_2',
    'time_wait',
    'closed',
    'close_wait',
    'last_ack',
    'listen',
    'closing',
    'syn_received', // TCP_NEW_SYN_RECV
    'unknown', // TCP_BOUND_INACTIVE: asked for, never reported
    'unknown',
  ]);
});

it('calls what no kernel reports unknown', () => {
  expect([-1, 1.5, NaN, 255].map(tcpStateFromKernel)).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
});

it('writes netstat names that fit its column of eleven characters', () => {
  for (const state of TCP_STATES) expect(TCP_STATE_FACTS[state].netstat.length).toBeLessThanOrEqual(11);
});

it('puts each state on its side of the close', () => {
  const onSide = (side: string) => TCP_STATES.filter((state) => TCP_STATE_FACTS[state].side === side);

  expect(onSide('passive')).toEqual(['close_wait', 'last_ack']);
  expect(onSide('active')).toEqual(['fin_wait_1', 'fin_wait_2', 'closing', 'time_wait']);
  expect(onSide('setup')).toEqual(['syn_sent', 'syn_received']);
  expect(onSide('open')).toEqual(['established']);
  expect(onSide('none')).toEqual(['listen', 'closed', 'unknown']);
});

import { type KernelCounter, type KernelSysctl } from '@closewatch/protocol';

/** Counters of the protocol by where they stand: file under /proc/net and the word its lines begin with. */
export const COUNTER_SECTIONS = [
  {
    file: 'netstat',
    section: 'TcpExt',
    names: [
      'TW',
      'TWRecycled',
      'TWKilled',
      'TCPTimeWaitOverflow',
      'ListenOverflows',
      'ListenDrops',
      'SyncookiesSent',
      'TCPReqQFullDoCookies',
      'TCPReqQFullDrop',
    ],
  },
  {
    file: 'snmp',
    section: 'Tcp',
    names: ['ActiveOpens', 'PassiveOpens', 'AttemptFails', 'EstabResets', 'OutRsts'],
  },
] as const satisfies readonly { file: string; section: string; names: readonly KernelCounter[] }[];

/** Settings of the protocol; each is a file under /proc/sys whose path has slashes where the name has dots. */
export const SYSCTL_NAMES = [
  'net.ipv4.tcp_max_tw_buckets',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_tw_reuse',
  'net.ipv4.tcp_max_orphans',
  'net.ipv4.tcp_max_syn_backlog',
  'net.ipv4.tcp_keepalive_time',
  'net.core.somaxconn',
  'fs.file-max',
] as const satisfies readonly KernelSysctl[];

import * as z from 'zod';
import { Text } from './primitives.ts';

/** Counters of /proc/net/netstat (TcpExt) and /proc/net/snmp (Tcp) by their names there. Rising since boot. */
export const KERNEL_COUNTERS = [
  'TW',
  'TWRecycled',
  'TWKilled',
  'TCPTimeWaitOverflow',
  'ListenOverflows',
  'ListenDrops',
  'SyncookiesSent',
  'TCPReqQFullDoCookies',
  'TCPReqQFullDrop',
  'ActiveOpens',
  'PassiveOpens',
  'AttemptFails',
  'EstabResets',
  'OutRsts',
] as const;
export type KernelCounter = (typeof KERNEL_COUNTERS)[number];

/** Settings under /proc/sys, by their usual names (ip-sysctl.rst, sysctl/fs.rst). */
export const KERNEL_SYSCTLS = [
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
] as const;
export type KernelSysctl = (typeof KERNEL_SYSCTLS)[number];

/**
 * What the kernel counts and how it is set. A snapshot carries only what changed since the last one that told of it
 * (everything with the first of a run, and every ten minutes).
 */
export const KernelFactsSchema = z.object({
  counters: z.partialRecord(z.enum(KERNEL_COUNTERS), z.int().min(0)).optional(),
  sysctls: z.partialRecord(z.enum(KERNEL_SYSCTLS), Text(4096)).optional(),
  /** /proc/sys/fs/file-nr: descriptors of the whole system, allocated and at most. */
  fileHandles: z.object({ allocated: z.int().min(0), max: z.int().min(0) }).optional(),
});
export type KernelFacts = z.infer<typeof KernelFactsSchema>;

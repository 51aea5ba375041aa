import * as z from 'zod';
import { Address, Count, EndpointSchema, Port } from './primitives.ts';

/**
 * Local ports in use towards one destination: sockets of all states whose local port is one that the kernel gives out;
 * one that somebody listens on it gives to nobody. At `used` = `available` connect() fails with EADDRNOTAVAIL.
 */
export const PortPressureSchema = z.object({
  localAddress: Address,
  peer: EndpointSchema,
  used: Count,
  timeWait: Count,
  /** high - low + 1 of ip_local_port_range, without those that are reserved or listened on. */
  available: Count,
});
export type PortPressure = z.infer<typeof PortPressureSchema>;

/** Ports and TIME_WAIT, every 30 to 60 s from a full dump. `destinations`: the most pressed first. */
export const PortsSchema = z.object({
  range: z.object({ low: Port, high: Port, reserved: Count }).nullable(),
  destinations: z.array(PortPressureSchema).max(100),
  /** Destinations in all, listed or not; no more than the agent tells apart. */
  destinationCount: Count,
  /**
   * Connections that this side closed first, a second: how the kernel's counters rose since the ports were told last
   * (TcpExt TW, TWKilled, TCPTimeWaitOverflow); TIME_WAIT / 60 s, the kernel's fixed time, the first time.
   */
  closesPerSecond: z.number().min(0).nullable(),
  timeWait: z.object({ count: Count, max: Count.nullable() }).nullable(),
});
export type Ports = z.infer<typeof PortsSchema>;

const FinWaitSchema = z.object({ local: EndpointSchema, peer: EndpointSchema });

/** FIN_WAIT_1 and FIN_WAIT_2 tuples, to be matched with the CLOSE_WAIT at their other end; `total` counts those left out too. */
export const FinWaitsSchema = z.object({
  finWait1: z.object({ total: Count, items: z.array(FinWaitSchema).max(500) }),
  finWait2: z.object({ total: Count, items: z.array(FinWaitSchema).max(500) }),
});
export type FinWaits = z.infer<typeof FinWaitsSchema>;

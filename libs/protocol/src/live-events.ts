import * as z from 'zod';
import { ConnectionItemSchema, type ConnectionItem } from './connection.ts';
import { HostSchema, type Host } from './host.ts';
import { Count, StateCountsSchema, Uuid } from './primitives.ts';

/** socket.io namespace of everything live. */
export const LIVE_NAMESPACE = '/live';

/** What a browser asks for; the server parses each with these schemas. */
export const FleetWatchSchema = z.object({ ids: z.array(Uuid).max(1_000).optional() });
export const HostWatchSchema = z.object({ id: Uuid });
export type FleetWatch = z.infer<typeof FleetWatchSchema>;
export type HostWatch = z.infer<typeof HostWatchSchema>;

/**
 * Each stream (the fleet; one host) numbers its messages by opaque cursors. A message continues the picture whose
 * cursor is its `previousCursor`; to any other the client answers by watching again.
 */
const continued = { cursor: z.string(), previousCursor: z.string() };

/** Totals over the hosts the reader may see. */
export const FleetTotalsSchema = z.object({
  hosts: z.object({ live: Count, stale: Count, silent: Count }),
  counts: StateCountsSchema,
  closeWait: z.object({ count: Count, aged: Count }),
});
export type FleetTotals = z.infer<typeof FleetTotalsSchema>;

export interface FleetPicture {
  cursor: string;
  totals: FleetTotals;
  hosts: Host[];
}

export interface HostPicture {
  cursor: string;
  host: Host;
  connections: ConnectionItem[];
}

/** `fleet:summary`: new totals, at most one a second. */
export const FleetSummarySchema = z.object({ ...continued, totals: FleetTotalsSchema });
/** `fleet:delta`: the hosts that changed since, at most one a second. */
export const FleetDeltaSchema = z.object({ ...continued, hosts: z.array(HostSchema) });
/** `host:snapshot`: the host after a commit. */
export const HostSnapshotSchema = z.object({ ...continued, host: HostSchema });
/** `host:connections`: CLOSE_WAIT connections that are new or changed, and those that are no longer open. */
export const HostConnectionsSchema = z.object({
  ...continued,
  hostId: Uuid,
  changed: z.array(ConnectionItemSchema),
  endedSocketIds: z.array(z.string()),
});
export type FleetSummary = z.infer<typeof FleetSummarySchema>;
export type FleetDelta = z.infer<typeof FleetDeltaSchema>;
export type HostSnapshot = z.infer<typeof HostSnapshotSchema>;
export type HostConnections = z.infer<typeof HostConnectionsSchema>;

/** An acknowledgement: the picture asked for, or why there is none. */
export type LiveAnswer<Picture> =
  { ok: true; picture: Picture } | { ok: false; error: { statusCode: number; message: string } };

export interface ClientEventMap {
  'fleet:watch': (watch: FleetWatch, answer: (answer: LiveAnswer<FleetPicture>) => void) => void;
  'host:watch': (watch: HostWatch, answer: (answer: LiveAnswer<HostPicture>) => void) => void;
  'host:unwatch': (watch: HostWatch, answer: (answer: LiveAnswer<null>) => void) => void;
}

export interface ServerEventMap {
  'fleet:summary': (summary: FleetSummary) => void;
  'fleet:delta': (delta: FleetDelta) => void;
  'host:snapshot': (snapshot: HostSnapshot) => void;
  'host:connections': (connections: HostConnections) => void;
}

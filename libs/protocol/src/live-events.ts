import * as z from 'zod';
import { ConnectionItemSchema, type ConnectionItem } from './connection.ts';
import { HostDetailsSchema, type HostDetails } from './host-details.ts';
import { HostSchema, type Host } from './host.ts';
import { IncidentSchema, type IncidentDetails } from './incident.ts';
import { LeakGroupSchema, type LeakGroup } from './leak-group.ts';
import { Count, StateCountsSchema, Uuid } from './primitives.ts';

/** socket.io namespace of everything live. */
export const LIVE_NAMESPACE = '/live';

/**
 * What a browser asks for; the server parses each with these schemas. Of the fleet: the hosts to be told of, with their
 * incidents. `ids` left out: all; empty: the totals alone, and the incidents of all hosts.
 */
export const FleetWatchSchema = z.object({ ids: z.array(Uuid).max(1_000).optional() });
/** A host through one of its network namespaces, whose connections and details are told; 0 is the agent's own. */
export const HostWatchSchema = z.object({ id: Uuid, netns: Count.default(0) });
/** An incident, open or resolved. */
export const IncidentWatchSchema = z.object({ id: Uuid });
export type IncidentWatch = z.infer<typeof IncidentWatchSchema>;
export type FleetWatch = z.infer<typeof FleetWatchSchema>;
export type HostWatch = z.input<typeof HostWatchSchema>;

/**
 * Each stream (the fleet; one namespace of one host) numbers its messages by opaque cursors. A message continues the picture whose
 * cursor is its `previousCursor`; to any other the client answers by watching again.
 */
const continued = { cursor: z.string(), previousCursor: z.string() };
/** Which stream it is, of those that a client may watch at the same time. */
const ofHost = { ...continued, netns: Count };

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

export interface IncidentPicture {
  cursor: string;
  incident: IncidentDetails;
}

export interface HostPicture {
  cursor: string;
  netns: number;
  host: Host;
  connections: ConnectionItem[];
  details: HostDetails;
  leaks: LeakGroup[];
}

/** `fleet:summary`: new totals, at most one a second. */
export const FleetSummarySchema = z.object({ ...continued, totals: FleetTotalsSchema });
/** `fleet:delta`: the hosts that changed since, at most one a second. */
export const FleetDeltaSchema = z.object({ ...continued, hosts: z.array(HostSchema) });
/** `host:snapshot`: the host after a commit. */
export const HostSnapshotSchema = z.object({ ...ofHost, host: HostSchema });
/**
 * `host:connections`: CLOSE_WAIT connections that are new or changed, and those that are no longer open. Here and in pictures
 * a verdict comes without what is for and against it, which one connection's own route tells.
 */
export const HostConnectionsSchema = z.object({
  ...ofHost,
  hostId: Uuid,
  changed: z.array(ConnectionItemSchema),
  endedSocketIds: z.array(z.string()),
});
/** `host:details`: those of the details that are new, each as a whole. */
export const HostDetailsNewsSchema = z.object({ ...ofHost, hostId: Uuid, details: HostDetailsSchema.partial() });
/** `host:verdicts`: the leaks of the host, all of them, whenever one has changed. */
export const HostVerdictsSchema = z.object({ ...ofHost, hostId: Uuid, leaks: z.array(LeakGroupSchema) });
/** `incident:opened`, to whoever watches the fleet; `incident:changed`, to those and to whoever watches it. */
export const IncidentNewsSchema = z.object({ cursor: z.string(), incident: IncidentSchema });
export type HostVerdicts = z.infer<typeof HostVerdictsSchema>;
export type IncidentNews = z.infer<typeof IncidentNewsSchema>;
export type FleetSummary = z.infer<typeof FleetSummarySchema>;
export type FleetDelta = z.infer<typeof FleetDeltaSchema>;
export type HostSnapshot = z.infer<typeof HostSnapshotSchema>;
export type HostConnections = z.infer<typeof HostConnectionsSchema>;
export type HostDetailsNews = z.infer<typeof HostDetailsNewsSchema>;

/** An acknowledgement: the picture asked for, or why there is none. */
export type LiveAnswer<Picture> =
  { ok: true; picture: Picture } | { ok: false; error: { statusCode: number; message: string } };

export interface ClientEventMap {
  'fleet:watch': (watch: FleetWatch, answer: (answer: LiveAnswer<FleetPicture>) => void) => void;
  'host:watch': (watch: HostWatch, answer: (answer: LiveAnswer<HostPicture>) => void) => void;
  'incident:watch': (watch: IncidentWatch, answer: (answer: LiveAnswer<IncidentPicture>) => void) => void;
  'incident:unwatch': (watch: IncidentWatch, answer: (answer: LiveAnswer<null>) => void) => void;
  'host:unwatch': (watch: HostWatch, answer: (answer: LiveAnswer<null>) => void) => void;
}

export interface ServerEventMap {
  'fleet:summary': (summary: FleetSummary) => void;
  'fleet:delta': (delta: FleetDelta) => void;
  'host:snapshot': (snapshot: HostSnapshot) => void;
  'host:connections': (connections: HostConnections) => void;
  'host:verdicts': (verdicts: HostVerdicts) => void;
  'incident:opened': (news: IncidentNews) => void;
  'incident:changed': (news: IncidentNews) => void;
  'host:details': (news: HostDetailsNews) => void;
}

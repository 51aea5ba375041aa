export { PROTOCOL_VERSION } from './version.ts';
export { Address, Count, EndpointSchema, Instant, StateCountsSchema, Text, Uuid } from './primitives.ts';
export {
  ConnectionItemSchema,
  ConnectionSchema,
  ENDED_AS,
  OWNERSHIPS,
  OwnerSchema,
  SocketId,
  VerdictSchema,
  type Connection,
  type ConnectionItem,
  type EndedAs,
  type Owner,
} from './connection.ts';
export {
  AgentSchema,
  PUSH_LIMITS,
  PushAnswerSchema,
  PushSchema,
  SOURCES,
  SnapshotSchema,
  type Agent,
  type Push,
  type PushAnswer,
  type Snapshot,
  type Source,
} from './push.ts';
export { ErrorAnswerSchema, IssueSchema, issuesOf, type ErrorAnswer, type Issue } from './error.ts';
export { HOST_STATUSES, hostStatus, type HostStatus } from './host-status.ts';
export { AGED_SECONDS, CloseWaitSchema, HostSchema, type CloseWait, type Host } from './host.ts';
export { pageOf, type Page } from './page.ts';
export { StateSeriesSchema, type StateSeries } from './state-series.ts';
export { SessionSchema, SignInSchema, type Session, type SignIn } from './session.ts';
export {
  FleetDeltaSchema,
  FleetSummarySchema,
  FleetTotalsSchema,
  FleetWatchSchema,
  HostConnectionsSchema,
  HostSnapshotSchema,
  HostWatchSchema,
  LIVE_NAMESPACE,
  type ClientEventMap,
  type FleetDelta,
  type FleetPicture,
  type FleetSummary,
  type FleetTotals,
  type FleetWatch,
  type HostConnections,
  type HostPicture,
  type HostSnapshot,
  type HostWatch,
  type LiveAnswer,
  type ServerEventMap,
} from './live-events.ts';

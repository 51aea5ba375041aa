export { PROTOCOL_VERSION } from './version.ts';
export { Address, Count, EndpointSchema, Instant, Port, StateCountsSchema, Text, Uuid } from './primitives.ts';
export {
  ConnectionItemSchema,
  ConnectionSchema,
  ENDED_AS,
  OwnerSchema,
  SocketId,
  SocketTimerSchema,
  TIMERS,
  type Connection,
  type ConnectionItem,
  type EndedAs,
  type Owner,
  type SocketTimer,
} from './connection.ts';
export {
  CONNECTION_CHANGES,
  ConnectionChangeItemSchema,
  ConnectionDiffSchema,
  type ConnectionChange,
  type ConnectionChangeItem,
  type ConnectionDiff,
} from './connection-diff.ts';
export {
  CONNECTION_GROUPINGS,
  ConnectionGroupSchema,
  ConnectionGroupsSchema,
  GroupSubjectSchema,
  type ConnectionGroup,
  type ConnectionGrouping,
  type ConnectionGroups,
  type GroupSubject,
} from './connection-groups.ts';
export {
  ConnectionSearchSchema,
  FoundConnectionSchema,
  type ConnectionSearch,
  type FoundConnection,
} from './connection-search.ts';
export {
  ConnectionDetailsSchema,
  SOCKET_COMMANDS,
  type ConnectionDetails,
  type SocketCommand,
} from './connection-details.ts';
export {
  OldTupleSchema,
  PEER_END_GROUNDS,
  PEER_END_STATES,
  PeerEndSchema,
  TwoEndsSchema,
  type OldTuple,
  type PeerEnd,
  type PeerEndGround,
  type PeerEndState,
  type TwoEnds,
} from './peer-end.ts';
export { ConnectionSurvivalSchema, type ConnectionSurvival } from './connection-survival.ts';
export { OWNERSHIPS } from './ownership.ts';
export { FindingSchema, ReasonSchema } from './finding.ts';
export { LeakGroupSchema, LeakGroupsSchema, LeakSubjectSchema, type LeakGroup, type LeakGroups } from './leak-group.ts';
export {
  ANNOTATION_KINDS,
  ANNOTATION_SOURCES,
  AnnotationRequestSchema,
  AnnotationSchema,
  type Annotation,
  type AnnotationRequest,
} from './annotation.ts';
export {
  AcknowledgeRequestSchema,
  INCIDENT_EVENT_KINDS,
  INCIDENT_EVIDENCE_KINDS,
  INCIDENT_STATES,
  IncidentDetailsSchema,
  IncidentEventSchema,
  IncidentEvidenceSchema,
  IncidentSchema,
  IncidentSubjectSchema,
  NoteRequestSchema,
  OwnerRequestSchema,
  RESOLVED_AS,
  ResolveRequestSchema,
  ReviewRequestSchema,
  SEVERITIES,
  type Incident,
  type IncidentDetails,
  type IncidentEvent,
  type IncidentEvidence,
  type IncidentSubject,
} from './incident.ts';
export { INCIDENT_EVIDENCE_CONTENTS, type IncidentEvidenceContents } from './incident-evidence.ts';
export { headlineParameters, type HeadlineParts } from './incident-headline.ts';
export { AgentEventSchema, type AgentEvent } from './agent-event.ts';
export {
  DescriptorsSchema,
  DescriptorUseSchema,
  OrphanSchema,
  OrphansSchema,
  PressureStallSchema,
  ProcessEvidenceSchema,
  ThreadWaitSchema,
  type Descriptors,
  type DescriptorUse,
  type Orphan,
  type Orphans,
  type PressureStall,
  type ProcessEvidence,
  type ThreadWait,
} from './evidence.ts';
export {
  KERNEL_COUNTERS,
  KERNEL_SYSCTLS,
  KernelFactsSchema,
  type KernelCounter,
  type KernelFacts,
  type KernelSysctl,
} from './kernel-facts.ts';
export { NamespaceSchema, type Namespace } from './namespace.ts';
export {
  FinWaitsSchema,
  PortPressureSchema,
  PortsSchema,
  type FinWaits,
  type PortPressure,
  type Ports,
} from './ports.ts';
export { ProcessSchema, type Process } from './process.ts';
export {
  ProcessSocketsSchema,
  ProcessTableSchema,
  TurnoverSchema,
  type ProcessSockets,
  type ProcessTable,
  type Turnover,
} from './process-sockets.ts';
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
export { HOST_STATUSES, hostStatus, SILENT_AT_MOST_MS, type HostStatus } from './host-status.ts';
export { AGED_SECONDS, CloseWaitSchema, type CloseWait } from './close-wait.ts';
export { HostSchema, type Host } from './host.ts';
export { FleetAtSchema, FleetHostSchema, type FleetAt, type FleetHost } from './fleet.ts';
export { HostDetailsSchema, NamespaceItemSchema, type HostDetails, type NamespaceItem } from './host-details.ts';
export {
  HostOrphansSchema,
  HostPortsSchema,
  HostProcessesSchema,
  type HostOrphans,
  type HostPorts,
  type HostProcesses,
} from './host-reads.ts';
export { pageOf, type Page } from './page.ts';
export {
  PortHistorySchema,
  ProcessHistorySchema,
  SAMPLE_LIMITS,
  type PortHistory,
  type ProcessHistory,
} from './sample-series.ts';
export {
  forecastOf,
  KeepDays,
  RETENTION_KINDS,
  RETENTION_LIMITS,
  RetentionChangeSchema,
  RetentionItemSchema,
  RetentionSchema,
  type Retention,
  type RetentionChange,
  type RetentionItem,
  type RetentionKind,
} from './retention.ts';
export { HISTORY_LIMITS, StateSeriesSchema, type StateSeries } from './state-series.ts';
export { TEXT_LIMITS, TextHostName, TextIngestAnswerSchema, type TextIngestAnswer } from './text-ingest.ts';
export { SessionSchema, SignInSchema, type Session, type SignIn } from './session.ts';
export {
  FleetDeltaSchema,
  FleetSummarySchema,
  FleetTotalsSchema,
  FleetWatchSchema,
  HostConnectionsSchema,
  HostDetailsNewsSchema,
  HostSnapshotSchema,
  HostVerdictsSchema,
  HostWatchSchema,
  IncidentNewsSchema,
  IncidentWatchSchema,
  LIVE_NAMESPACE,
  type ClientEventMap,
  type FleetDelta,
  type FleetPicture,
  type FleetSummary,
  type FleetTotals,
  type FleetWatch,
  type HostConnections,
  type HostDetailsNews,
  type HostPicture,
  type HostSnapshot,
  type HostVerdicts,
  type HostWatch,
  type IncidentNews,
  type IncidentPicture,
  type IncidentWatch,
  type LiveAnswer,
  type ServerEventMap,
} from './live-events.ts';

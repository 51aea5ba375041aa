export {
  TCP_STATES,
  TCP_STATE_FACTS,
  parseTcpState,
  tcpStateFromKernel,
  type CloseSide,
  type TcpState,
  type TcpStateFacts,
} from './tcp-state.ts';
export { emptyTally, netstatLines, sumCounts, totalOf, type StateCounts, type StateTally } from './state-counts.ts';
export { canonicalAddress, ipv4FromBytes, ipv6FromBytes, networkTypeOf, type NetworkType } from './ip-address.ts';
export { parseAddressRange, type AddressRange } from './ip-network.ts';
export { fiveTupleKey, formatEndpoint, mirrored, parseEndpoint, type Endpoint, type FiveTuple } from './five-tuple.ts';
export {
  SOCKET_TOOLS,
  SocketTextError,
  type CutSocket,
  type SkippedLine,
  type SocketText,
  type SocketTool,
  type TextOwner,
  type TextSocket,
} from './socket-text/socket-text.ts';
export { mayBe } from './socket-text/text-endpoint.ts';
export { SocketTextReader, readSocketText, type SocketTextLimits } from './socket-text/socket-text-reader.ts';
export { HARMLESS_VERDICTS, VERDICTS, type Finding, type Reason, type Verdict } from './verdicts/verdict.ts';
export { type ObservedProcess, type ObservedSocket } from './verdicts/observed.ts';
export {
  LEVELS,
  RULES,
  type Detected,
  type Detection,
  type Figures,
  type Level,
  type Rule,
} from './detectors/detection.ts';
export {
  type DescriptorSample,
  type HourlyMinimum,
  type LeakSample,
  type LeakWindow,
} from './detectors/leak-window.ts';
export { lastingUnit, leakKey, type LeakSubject } from './detectors/leak-key.ts';
export { HOST_KEY, destinationKey, namespaceKey, processKey, thresholdKey } from './detectors/keys.ts';
export {
  type ClockSample,
  type CounterSample,
  type PortSample,
  type QueueSample,
  type StarvationSample,
  type StateSample,
  type SynSample,
  type UseSample,
} from './detectors/samples.ts';
export {
  DEFAULT_THRESHOLDS,
  type CounterThresholds,
  type CriticalThresholds,
  type ExhaustionThresholds,
  type IncidentThresholds,
  type LeakThresholds,
  type SlowLeakThresholds,
  type Thresholds,
  type TrendThresholds,
} from './detectors/thresholds.ts';
export { DETECTION_REASONS } from './detectors/reasons.ts';
export { LEAK_MEMORY, emptyLeakWindow, isForgettable, remember, rememberDescriptors } from './detectors/leak-memory.ts';
export { detectLeak, leakTrigger, type LeakCircumstances } from './detectors/leak-detector.ts';
export { detectDescriptors, detectSystemDescriptors } from './detectors/descriptors-detector.ts';
export { detectPorts, timeWaitIsReused, type PortContext } from './detectors/ports-detector.ts';
export { detectAcceptQueue, detectTimeWaitOverflow } from './detectors/counter-detectors.ts';
export { detectSynFlood } from './detectors/syn-flood-detector.ts';
export { detectClockSkew, detectHostSilent, detectHostStarved } from './detectors/host-detectors.ts';
export { detectThreshold, type StateThreshold } from './detectors/threshold-detector.ts';
export { advance, type Advance, type Circumstances } from './incidents/advance.ts';
export {
  type IncidentChange,
  type IncidentChangeKind,
  type OpenIncident,
  type ResolvedAs,
  type ResolvedIncident,
  type Severity,
} from './incidents/open-incident.ts';
export { judge, judgeWith } from './verdicts/judge.ts';
export { type JudgeContext } from './verdicts/case.ts';
export { conditionOf, type ProcessCondition } from './verdicts/process-condition.ts';
export { VERDICT_LIMITS } from './verdicts/limits.ts';
export { MISSING_KEYS, VERDICT_REASON_KEYS, type MissingKey, type VerdictReasonKey } from './verdicts/reasons.ts';

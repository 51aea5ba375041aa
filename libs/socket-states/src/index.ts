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
export { LEVELS, RULES, type Detection, type Figures, type Level, type Rule } from './detectors/detection.ts';
export {
  type DescriptorSample,
  type HourlyMinimum,
  type LeakSample,
  type LeakWindow,
} from './detectors/leak-window.ts';
export { leakKey, type LeakSubject } from './detectors/leak-key.ts';

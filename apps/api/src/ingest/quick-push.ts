import { type Agent, PROTOCOL_VERSION, type Snapshot } from '@closewatch/protocol';
import { TCP_STATES } from '@closewatch/socket-states';

/** The envelope of a push, whose snapshots are not looked at yet. */
export interface Envelope {
  readonly protocol: number;
  readonly agentId: string;
  readonly runId: string;
  readonly bootId: string;
  readonly agent: Agent;
  readonly snapshots: readonly unknown[];
}

type Fields = Readonly<Record<string, unknown>>;

const UUID = /^[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const PLAIN = /^[\x20-\x7e]*$/;
const INSTANT = /^(?:19[7-9]\d|[2-9]\d{3})-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const LARGEST_COUNT = 2_147_483_647;

const ENVELOPE_FIELDS = 6;
const AGENT_FIELDS = 8;
const SNAPSHOT_FIELDS = 7;

/**
 * The envelope, if it looks like nearly all do: then it is what PushSchema makes of it. Undefined: ask the schema. So
 * nothing is decided here that the schema would decide otherwise (quick-push.spec.ts holds both together); it only takes
 * a twentieth of the time.
 */
export function quickEnvelope(body: unknown): Envelope | undefined {
  if (!hasFields(body, ENVELOPE_FIELDS)) return undefined;
  const { protocol, agentId, runId, bootId, agent, snapshots } = body;
  if (protocol !== PROTOCOL_VERSION || !isUuid(agentId) || !isUuid(runId) || !isUuid(bootId)) return undefined;
  // One is what most bring; the schema knows how many may be.
  if (!Array.isArray(snapshots) || snapshots.length !== 1) return undefined;
  return isAgent(agent) ? { protocol, agentId, runId, bootId, agent, snapshots } : undefined;
}

/** A snapshot of counts alone, if it is one: then it is what SnapshotSchema makes of it. Undefined: ask the schema. */
export function quickSnapshot(candidate: unknown): Snapshot | undefined {
  if (!hasFields(candidate, SNAPSHOT_FIELDS)) return undefined;
  const { seq, takenAt, intervalMs, netns, counts, connections, complete } = candidate;
  const plain =
    isWhole(seq, 0, Number.MAX_SAFE_INTEGER) &&
    isInstant(takenAt) &&
    isWhole(intervalMs, 100, 3_600_000) &&
    isWhole(netns, 0, LARGEST_COUNT) &&
    Array.isArray(connections) &&
    connections.length === 0 &&
    typeof complete === 'boolean' &&
    isCounts(counts);
  return plain ? { seq, takenAt, intervalMs, netns, counts, connections: [], complete } : undefined;
}

/** A JSON object of so many fields; whoever then finds as many by name has found all. */
function hasFields(value: unknown, count: number): value is Fields {
  return typeof value === 'object' && value !== null && Object.keys(value).length === count;
}

function isAgent(value: unknown): value is Agent {
  if (!hasFields(value, AGENT_FIELDS)) return false;
  const { version, hostname, machineId, kernel, source, capabilities, missing, clockOffsetMs } = value;
  return (
    isPlain(version, 64) &&
    isPlain(hostname, 253) &&
    hostname !== '' &&
    isPlain(machineId, 64) &&
    isPlain(kernel, 256) &&
    isPlain(source, 32) &&
    arePlain(capabilities, 64) &&
    arePlain(missing, 512) &&
    Number.isFinite(clockOffsetMs)
  );
}

function isCounts(value: unknown): value is Snapshot['counts'] {
  if (!hasFields(value, TCP_STATES.length)) return false;
  for (const state of TCP_STATES) {
    const count = value[state];
    if (count !== null && !isWhole(count, 0, LARGEST_COUNT)) return false;
  }
  return true;
}

function isWhole(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

/** One that is written as we write it ourselves; a day that no calendar has comes out as another one. */
function isInstant(value: unknown): value is string {
  if (typeof value !== 'string' || !INSTANT.test(value)) return false;
  const at = Date.parse(value);
  return !Number.isNaN(at) && new Date(at).toISOString() === value;
}

function isPlain(value: unknown, longest: number): value is string {
  return typeof value === 'string' && value.length <= longest && PLAIN.test(value);
}

function arePlain(values: unknown, longest: number): boolean {
  if (!Array.isArray(values) || values.length > 64) return false;
  for (const value of values) if (!isPlain(value, longest)) return false;
  return true;
}

import { hostStatus } from '@closewatch/protocol';
import { RULES, TCP_STATES, type TcpState } from '@closewatch/socket-states';
import { Turns } from '../history/turns.ts';
import { type MeasuredHost, type OpenIncidentRow } from './host-metrics.queries.ts';
import { type LeakFigure } from './leak-figures.ts';
import { type Labels, type Metric, metricHead, sampleLine } from './metric-text.ts';

const gauge = (name: string, help: string): Metric => ({ name, help, type: 'gauge' });

/** What is told of hosts, in this order. */
export const HOST_METRICS = {
  states: gauge(
    'node_tcp_connection_states',
    'TCP sockets of a host in each state, named as node_exporter names them.',
  ),
  lastSeen: gauge('closewatch_host_last_seen_timestamp_seconds', 'When a host was last heard, Unix time.'),
  up: gauge('closewatch_host_up', '1: the host is heard; 0: it is silent, and nothing else is told of it.'),
  aged: gauge(
    'closewatch_close_wait_aged',
    'Connections of a host in CLOSE_WAIT for a minute or longer, harmless or not.',
  ),
  orphaned: gauge('closewatch_descriptors_orphaned', 'Descriptors of a host that outlived their sockets.'),
  leaked: gauge('closewatch_close_wait_leaked', 'Leaked sockets of a host: half-closed ones and turnover are none.'),
  serviceLeaked: gauge('closewatch_service_close_wait_leaked', 'Leaked sockets of a service of a host.'),
  timeLeft: gauge(
    'closewatch_descriptors_time_left_seconds',
    'Until a service of a host runs out of descriptors at the slope of its leak.',
  ),
  hostIncidents: gauge('closewatch_host_incidents_open', 'Open incidents of a host.'),
  incidents: gauge('closewatch_incidents_open', 'Open incidents of all hosts.'),
  hosts: gauge('closewatch_hosts', 'Hosts by how lately they were heard.'),
} as const satisfies Record<string, Metric>;
type HostMetric = keyof typeof HOST_METRICS;

/** As node_exporter spells them, where it does otherwise (tcpstat_linux.go). */
const EXPORTER_STATES: Partial<Record<TcpState, string>> = {
  syn_received: 'syn_recv',
  fin_wait_1: 'fin_wait1',
  fin_wait_2: 'fin_wait2',
  closed: 'close',
};
const SEVERITIES = ['warning', 'critical'] as const;
/** Of a host with more services than this that leak, those that leak most. */
const MOST_SERVICES = 20;

export interface HostsMeasured {
  readonly hosts: readonly MeasuredHost[];
  readonly incidents: readonly OpenIncidentRow[];
  /** Of a host that this server watches over. */
  readonly figuresOf: (hostId: number) => readonly LeakFigure[] | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The text of {@link HOST_METRICS}, in chunks. Gives others a turn now and then: of 1,000 hosts it is megabytes. */
export async function hostMetricsText(measured: HostsMeasured): Promise<Buffer> {
  const lines = Object.fromEntries(Object.keys(HOST_METRICS).map((name) => [name, ['']])) as Record<
    HostMetric,
    string[]
  >;
  const add = (name: HostMetric, labels: Labels, value: number | null): void => {
    if (value !== null) lines[name].push(sampleLine(HOST_METRICS[name], labels, value));
  };
  const turns = new Turns();
  const nameOf = uniqueNames(measured.hosts);
  const incidentsOf = Map.groupBy(measured.incidents, ({ hostId }) => hostId);
  const statuses = { live: 0, stale: 0, silent: 0 };
  for (const host of measured.hosts) {
    await turns.give();
    const status = hostStatus(host.lastSeenAt.getTime(), host.intervalMs, measured.now);
    statuses[status]++;
    addHost(add, nameOf.get(host.hostId) ?? host.hostname, host, {
      isHeard: status !== 'silent',
      incidents: incidentsOf.get(host.hostId) ?? [],
      figures: measured.figuresOf(host.hostId),
    });
  }
  for (const [status, count] of Object.entries(statuses)) add('hosts', { status }, count);
  addIncidents(add, measured.incidents);
  return joined(lines, turns);
}

type Add = (name: HostMetric, labels: Labels, value: number | null) => void;

interface KnownOfHost {
  readonly isHeard: boolean;
  readonly incidents: readonly OpenIncidentRow[];
  readonly figures: readonly LeakFigure[] | undefined;
}

function addHost(add: Add, name: string, host: MeasuredHost, { isHeard, incidents, figures }: KnownOfHost): void {
  const labels = { host: name };
  add('lastSeen', labels, host.lastSeenAt.getTime() / 1_000);
  add('up', labels, isHeard ? 1 : 0);
  for (const severity of SEVERITIES) {
    const count = incidents.filter((incident) => incident.severity === severity).length;
    add('hostIncidents', { ...labels, severity }, count);
  }
  // What was so when it was last heard is not so now.
  if (!isHeard) return;
  for (const state of TCP_STATES) add('states', { ...labels, state: EXPORTER_STATES[state] ?? state }, host[state]);
  add('aged', labels, host.aged);
  add('orphaned', labels, host.orphaned);
  const services = byService(figures ?? figuresOfIncidents(incidents));
  add(
    'leaked',
    labels,
    services.reduce((sum, { leaked }) => sum + leaked, 0),
  );
  for (const { service, leaked, timeLeftMs } of services.slice(0, MOST_SERVICES)) {
    add('serviceLeaked', { ...labels, service }, leaked);
    add('timeLeft', { ...labels, service }, timeLeftMs === null ? null : timeLeftMs / 1_000);
  }
}

/** A host that another server watches over: what its open incidents say. */
function figuresOfIncidents(incidents: readonly OpenIncidentRow[]): LeakFigure[] {
  return incidents
    .filter(({ rule, staleSince }) => rule === 'leak' && staleSince === null)
    .map(({ service, leaked, timeLeftMs }) => ({ service, leaked: leaked ?? 0, timeLeftMs }));
}

/** A service may leak at several endpoints: all of it together, with the least time left; those that leak most first. */
function byService(figures: readonly LeakFigure[]): LeakFigure[] {
  const services = new Map<string, LeakFigure>();
  for (const { service, leaked, timeLeftMs } of figures) {
    if (leaked === 0 && timeLeftMs === null) continue;
    const known = services.get(service);
    const left = [timeLeftMs, known?.timeLeftMs ?? null].filter((ms) => ms !== null);
    services.set(service, {
      service,
      leaked: leaked + (known?.leaked ?? 0),
      timeLeftMs: left.length === 0 ? null : Math.min(...left),
    });
  }
  return [...services.values()].sort((a, b) => b.leaked - a.leaked);
}

/** All rules and severities, those without an incident too: a rule that asks for more than 0 needs the 0. */
function addIncidents(add: Add, incidents: readonly OpenIncidentRow[]): void {
  for (const rule of RULES) {
    for (const severity of SEVERITIES) {
      const count = incidents.filter((incident) => incident.rule === rule && incident.severity === severity).length;
      add('incidents', { severity, rule }, count);
    }
  }
}

/** Hosts by their names; of several of one name each with the beginning of its id, or one series would be two. */
function uniqueNames(hosts: readonly MeasuredHost[]): Map<number, string> {
  const called = Map.groupBy(hosts, ({ hostname }) => hostname);
  return new Map(
    hosts.map(({ hostId, hostname, id }) => {
      const alone = called.get(hostname)?.length === 1;
      return [hostId, alone ? hostname : `${hostname} (${id.slice(0, 8)})`];
    }),
  );
}

async function joined(lines: Record<HostMetric, string[]>, turns: Turns): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (const name of Object.keys(HOST_METRICS) as HostMetric[]) {
    const samples = lines[name];
    parts.push(Buffer.from(metricHead(HOST_METRICS[name])));
    for (let index = 0; index < samples.length; index += 1_000) {
      await turns.give();
      parts.push(Buffer.from(samples.slice(index, index + 1_000).join('')));
    }
  }
  return Buffer.concat(parts);
}

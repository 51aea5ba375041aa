import { parseCommandLine, UsageError } from '../../../apps/agent/src/commands/command-line.ts';
import { bootTimeIn } from '../../../apps/agent/src/host/host-facts.ts';
import { capabilitiesIn } from '../../../apps/agent/src/host/capabilities.ts';
import { ephemeralPortsIn } from '../../../apps/agent/src/host/ephemeral-ports.ts';
import { portRangeIn } from '../../../apps/agent/src/host/port-range.ts';
import { uptimeIn } from '../../../apps/agent/src/host/host-time.ts';
import { COUNTER_SECTIONS } from '../../../apps/agent/src/kernel/kernel-names.ts';
import { fileHandlesIn, settingIn } from '../../../apps/agent/src/kernel/kernel-reading.ts';
import { countersIn } from '../../../apps/agent/src/kernel/proc-counters.ts';
import { bundleName, dockerName, listedName } from '../../../apps/agent/src/namespaces/container-names.ts';
import { type FuzzedParser, textParser } from '../fuzzed-parser.ts';

const HOST = 'apps/agent/src/host';
const KERNEL = 'apps/agent/src/kernel';

const NETSTAT =
  'TcpExt: SyncookiesSent TW TWRecycled TWKilled ListenOverflows ListenDrops TCPTimeWaitOverflow TCPReqQFullDrop\nTcpExt: 0 123369 27 0 4 4 0 0\nIpExt: InOctets OutOctets\nIpExt: 1 2\n';
const SNMP =
  'Tcp: RtoAlgorithm RtoMin MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab OutRsts\nTcp: 1 200 -1 8123 912 3 88 14 17\n';
const ID = 'ab'.repeat(32);

const containerNames: FuzzedParser = {
  name: 'container-names',
  covers: ['dockerName', 'bundleName', 'listedName'].map(
    (name) => `apps/agent/src/namespaces/container-names.ts#${name}`,
  ),
  samples: () =>
    [
      { Name: '/web', ID },
      { annotations: { 'io.kubernetes.cri.sandbox-name': 'web-1', 'io.kubernetes.cri.sandbox-namespace': 'shop' } },
      { annotations: { 'nerdctl/name': 'web' } },
      [{ id: ID, names: ['web'] }, null, { id: 7 }],
    ].map((json) => Buffer.from(JSON.stringify(json))),
  run: (input) => {
    let json: unknown;
    try {
      json = JSON.parse(input.toString('utf8'));
    } catch {
      return undefined;
    }
    return [dockerName(json), bundleName(json), listedName(json, ID)];
  },
};

const ports: FuzzedParser = {
  name: 'port-range',
  covers: [`${HOST}/port-range.ts#portRangeIn`, `${HOST}/ephemeral-ports.ts#ephemeralPortsIn`],
  samples: () => ['32768\t60999\n\x1e\n', '1024 65535\n\x1e8080,9000-9100\n'].map((text) => Buffer.from(text)),
  run: (input) => {
    const [range = '', reserved = ''] = input.toString('latin1').split('\x1e');
    const found = portRangeIn(range, reserved);
    const isEphemeral = ephemeralPortsIn(range, reserved);
    const told = found === undefined ? undefined : { low: found.low, high: found.high, reserved: found.reserved };
    return { told, ephemeral: [0, 1_024, 32_768, 65_535, 65_536].map(isEphemeral) };
  },
  fault: (value) => {
    const { told } = value as { told: { low: number; high: number; reserved: number } | undefined };
    if (told === undefined) return undefined;
    const sound = told.low <= told.high && told.high <= 65_535 && told.reserved <= told.high - told.low + 1;
    return sound ? undefined : `a range that is none: ${JSON.stringify(told)}`;
  },
};

export const HOST_TEXTS: readonly FuzzedParser[] = [
  textParser('capabilities', `${HOST}/capabilities.ts`, { capabilitiesIn }, [
    'Name:\tnode\nCapPrm:\t000001ffffffffff\nCapEff:\t000001ffffffffff\n',
    'CapEff:\t0000000000000004\n',
  ]),
  textParser(
    'boot-time',
    `${HOST}/host-facts.ts`,
    { bootTimeIn },
    ['cpu  1 2 3\nintr 5\nctxt 9\nbtime 1795300000\nprocesses 7\n'],
    {
      // Documented: without a boot time there is no agent.
      mayThrow: (error) => error instanceof Error && error.message === '/proc/stat does not tell btime',
    },
  ),
  textParser('uptime', `${HOST}/host-time.ts`, { uptimeIn }, ['11981.09 15005.88\n']),
  ports,
  textParser(
    'kernel-counters',
    `${KERNEL}/proc-counters.ts`,
    { countersIn: (text) => COUNTER_SECTIONS.map(({ section, names }) => countersIn(text, section, names)) },
    [NETSTAT, SNMP, NETSTAT + SNMP],
  ),
  textParser('sysctl', `${KERNEL}/kernel-reading.ts`, { settingIn, fileHandlesIn }, [
    '32768\t60999\n',
    '1184\t0\t9223372036854775807\n',
    '8080,9000-9100\n',
  ]),
  containerNames,
  textParser(
    'words',
    'apps/agent/src/commands/command-line.ts',
    { parseCommandLine: (text) => parseCommandLine(text.split(' ')) },
    ['run --source procfs', 'leaks --json --min-age 5m --check', 'watch --interval 2s --count 3', 'doctor', '--help'],
    { mayThrow: (error) => error instanceof UsageError },
  ),
];

import { endProgram } from '../../programs/end-program.ts';
import { isInstalled } from '../../programs/is-installed.ts';
import { type Skipped } from '../bench.ts';
import { type LoadedNamespace } from './namespace.ts';
import { cpuMsOf } from './process-cost.ts';

/** Another way to count sockets. `cpuMs`: CPU of one count. */
export interface PeerCost {
  readonly name: string;
  readonly cpuMs: number;
}

const ONE_LINER = "netstat -n | awk '/^tcp/ {++S[$NF]} END {for(a in S) print a, S[a]}'";
const SS = "ss -tan | awk 'NR > 1 {++S[$1]} END {for(a in S) print a, S[a]}'";
const EXPORTER = 'prometheus-node-exporter';
const EXPORTER_PORT = 19_100;

/** Measures every peer that is there, `times` counts each. */
export async function peerCosts(
  namespace: LoadedNamespace,
  times: number,
): Promise<{ costs: PeerCost[]; skipped: Skipped[] }> {
  const costs: PeerCost[] = [];
  const skipped: Skipped[] = [];
  const lacks = (what: string, debianPackage: string): void => {
    skipped.push({ what, why: `not installed here (Debian: ${debianPackage})` });
  };
  if (isInstalled('netstat')) costs.push({ name: 'netstat + awk', cpuMs: pipeCost(namespace, ONE_LINER, times) });
  else lacks('netstat + awk', 'net-tools');
  if (isInstalled('ss')) costs.push({ name: 'ss + awk', cpuMs: pipeCost(namespace, SS, times) });
  else lacks('ss + awk', 'iproute2');
  if (isInstalled(EXPORTER)) costs.push({ name: 'node_exporter', cpuMs: await exporterCost(namespace, times) });
  else lacks('node_exporter', EXPORTER);
  return { costs, skipped };
}

/** CPU of everything a shell starts, by its own `times`, whose second line is of its children: `0m1.234s 0m0.567s`. */
function pipeCost(namespace: LoadedNamespace, pipe: string, times: number): number {
  const script = `for i in $(seq ${times}); do ${pipe} >/dev/null; done; times`;
  const line = namespace.run('bash', '-c', script).trim().split('\n').at(-1) ?? '';
  const parts = [...line.matchAll(/(\d+)m([\d.]+)s/g)];
  if (parts.length !== 2) throw new Error(`bash told no times: "${line}"`);
  const seconds = parts.reduce((sum, [, minutes, rest]) => sum + Number(minutes) * 60 + Number(rest), 0);
  return (seconds * 1000) / times;
}

/** CPU of one scrape by node_exporter with nothing but its tcpstat collector. */
async function exporterCost(namespace: LoadedNamespace, times: number): Promise<number> {
  const address = `127.0.0.1:${EXPORTER_PORT}`;
  const words = ['--collector.disable-defaults', '--collector.tcpstat', `--web.listen-address=${address}`];
  const exporter = await namespace.start('istening on', EXPORTER, words);
  const pid = exporter.pid;
  if (pid === undefined) throw new Error(`${EXPORTER} did not start`);
  const scrape = (count: number): string =>
    namespace.run('bash', '-c', `for i in $(seq ${count}); do curl -sf http://${address}/metrics; done`);
  const told = scrape(1);
  if (!/node_tcp_connection_states\{state="time_wait"\}/.test(told)) {
    throw new Error(`${EXPORTER} tells no node_tcp_connection_states`);
  }
  const before = cpuMsOf(pid);
  scrape(times);
  const cpuMs = (cpuMsOf(pid) - before) / times;
  await endProgram(exporter);
  return cpuMs;
}

import { join } from 'node:path';
import { worstOf, type Finding, type Outcome } from '../doctor/check.ts';
import { checkLimits } from '../doctor/limit-checks.ts';
import { checkNamespaces } from '../doctor/namespace-checks.ts';
import { checkProcesses } from '../doctor/process-checks.ts';
import { reportText } from '../doctor/report.ts';
import { checkServer } from '../doctor/server-checks.ts';
import { checkSockets } from '../doctor/socket-checks.ts';
import { type Environment } from '../environment.ts';
import { readHostFacts } from '../host/host-facts.ts';
import { NamespaceFinder } from '../namespaces/namespace-finder.ts';
import { type Paint } from '../terminal/paint.ts';
import { VERSION } from '../version.ts';
import { EXIT } from './exit-codes.ts';

export interface DoctorOptions {
  readonly json: boolean;
  readonly procRoot: string;
  /** Where the control groups are mounted, usually /sys/fs/cgroup. */
  readonly groupRoot: string;
  readonly dataFolder: string;
  /** The environment names a server's token. */
  readonly configured: boolean;
  /** Reads the environment; throws where it is at fault. */
  readonly readEnvironment: () => Environment;
  readonly paint: Paint;
}

const EXIT_BY_OUTCOME: Readonly<Record<Outcome, number>> = {
  ok: EXIT.ok,
  unknown: EXIT.ok,
  reduced: EXIT.finding,
  failed: EXIT.failed,
};

/**
 * What `closewatch-agent doctor` prints: what the agent needs on this host, what of it is there, what is lost without the
 * rest and how to grant it. Its exit code: 0 all is there, 3 the agent works and tells less, 1 it cannot do its work.
 */
export async function doctor(options: DoctorOptions): Promise<{ output: string; exitCode: number }> {
  const { json, procRoot, groupRoot, dataFolder, configured, readEnvironment, paint } = options;
  const findings: Finding[] = [
    ...(await checkSockets(procRoot)),
    ...checkProcesses(procRoot),
    ...(await checkNamespaces(new NamespaceFinder(procRoot), readHostFacts(procRoot).capabilities)),
    ...checkLimits(procRoot, groupRoot, join(dataFolder, 'agent')),
    ...(await checkServer(configured, readEnvironment)),
  ];
  const outcome = worstOf(findings);
  const output = json ? `${JSON.stringify({ version: VERSION, outcome, findings })}\n` : reportText(findings, paint);
  return { output, exitCode: EXIT_BY_OUTCOME[outcome] };
}

import { readFileSync } from 'node:fs';
import { MAX_SHARE, portRange } from './peer/source-ports.ts';
import type { LabOptions, Runtime } from './options.ts';
import type { Scenario } from './scenario.ts';

/** Descriptors that Node, the listener, the terminal and the peer's channel need besides the sockets on show. */
const OWN_DESCRIPTORS = 64;

/** Why this machine cannot hold so many sockets; undefined when it can. */
export function beyondLimits(
  scenario: Scenario,
  { count, host }: LabOptions,
  descriptorLimit = readDescriptorLimit(),
): string | undefined {
  const descriptors = count * scenario.descriptorsPerSocket + OWN_DESCRIPTORS;
  if (descriptors > descriptorLimit) {
    return (
      `--count ${count} needs ${descriptors} descriptors and this process may open ${descriptorLimit}: ` +
      `ask for ${Math.max(0, descriptorLimit - OWN_DESCRIPTORS)} at most, or raise the limit (ulimit -n)`
    );
  }
  if (scenario.queued) {
    const queue = Number(readFileSync('/proc/sys/net/core/somaxconn', 'utf8'));
    if (count > queue) {
      return (
        `--count ${count} is more than wait in an accept queue here: ` +
        `ask for ${queue} at most, or raise net.core.somaxconn`
      );
    }
  }
  // IPv4 has a whole network of loopback addresses to connect from, IPv6 has one.
  const { low, high } = portRange();
  const most = Math.floor((high - low + 1) * MAX_SHARE);
  if (host === '::1' && count > most) {
    return `--count ${count} is more than ::1 has local ports for: ask for ${most} at most, or use --host 127.0.0.1`;
  }
  return undefined;
}

/** Why a scenario has no program in that language; undefined when it has one. */
export function withoutRuntime({ name, runtimes, cannot }: Scenario, runtime: Runtime): string | undefined {
  if (runtimes.includes(runtime)) return undefined;
  return `${name} has no program in ${runtime}: ${cannot?.[runtime] ?? 'nobody has written it'}; there is ${runtimes.join(', ')}`;
}

/** The soft limit of open files, which Node raises to the hard one at its start (proc_pid_limits(5)). */
function readDescriptorLimit(): number {
  const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  return limit === undefined ? Infinity : Number(limit);
}

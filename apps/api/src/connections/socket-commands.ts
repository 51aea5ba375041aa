import { type Connection, type ConnectionDetails } from '@closewatch/protocol';
import { formatEndpoint } from '@closewatch/socket-states';

/** The namespace to look in: its own name where it has one, else through a process in it. */
export interface CommandPlace {
  readonly netns: number;
  readonly name: string | null;
}

/**
 * What to type on the host to see the socket with one's own eyes: ss with its timers and memory (ss(8)), and lsof on the
 * descriptor or, where it is not known, on the addresses (lsof(8)). All that is put in are numbers, addresses and names of
 * namespaces, quoted.
 */
export function socketCommands(
  { local, peer, owners }: Pick<Connection, 'local' | 'peer' | 'owners'>,
  { netns, name }: CommandPlace,
): ConnectionDetails['commands'] {
  const pid = owners[0]?.pid;
  const descriptor = owners[0]?.descriptor ?? null;
  const enter = netns === 0 ? '' : name === null ? throughProcess(pid) : `ip netns exec ${quoted(name)} `;
  if (enter === undefined) return [];
  const filter = `src ${formatEndpoint(local)} and dst ${formatEndpoint(peer)}`;
  const commands: ConnectionDetails['commands'] = [
    { program: 'ss', command: `${enter}ss -tnpoemi state close-wait '( ${filter} )'` },
  ];
  const lsof =
    pid === undefined
      ? `lsof -nP -iTCP@${formatEndpoint(peer)} -sTCP:CLOSE_WAIT`
      : `lsof -nP -a -p ${pid} ${descriptor === null ? '-i TCP -sTCP:CLOSE_WAIT' : `-d ${descriptor}`}`;
  return [...commands, { program: 'lsof', command: `${enter}${lsof}` }];
}

/** Without a process there is no way in. */
function throughProcess(pid: number | undefined): string | undefined {
  return pid === undefined ? undefined : `nsenter -t ${pid} -n `;
}

function quoted(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}

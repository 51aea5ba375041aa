import { type ChildProcess, spawn } from 'node:child_process';
import { chownSync, closeSync, openSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type ClusterFolders } from './cluster-folders.ts';
import { type ServerAccount } from './server-account.ts';

const LOG_LIMIT_BYTES = 10 * 1024 * 1024;

/**
 * Runs "$@" and asks it for a fast shutdown (SIGINT) once our pipe, its standard input, closes: by stop(), or because
 * we died, by SIGKILL too. Its own process group keeps a Ctrl-C in the terminal from stopping the server before us.
 */
const GUARDIAN = `
exec 3<&0 </dev/null
"$@" 3<&- &
server=$!
( read -r _ <&3; kill -INT "$server" ) &
watcher=$!
exec 3<&-
wait "$server"
code=$?
kill "$watcher" 2>/dev/null
exit "$code"`;

/** The same for a server that is not our child: holds the pipe, then stops the process named by pid. */
const ADOPTIVE_GUARDIAN = 'read -r _; kill -INT "$1" 2>/dev/null';

/** Starts postgres under the guardian. It runs until {@link release} or until this process ends. */
export function startServer(folders: ClusterFolders, account: ServerAccount | undefined): ChildProcess {
  const log = openLog(folders.log, account);
  try {
    return spawn(
      '/bin/sh',
      [
        '-c',
        GUARDIAN,
        'closewatch-postgres',
        join(folders.installation, 'bin/postgres'),
        '-D',
        folders.cluster,
        '-k',
        folders.socket,
        ...settings().flatMap((setting) => ['-c', setting]),
      ],
      { cwd: folders.home, stdio: ['pipe', log, log], detached: true, ...account, env: { PATH: '/usr/bin:/bin' } },
    );
  } finally {
    closeSync(log);
  }
}

/** Makes a server that outlived its parent end with us. */
export function adoptServer(pid: number, account: ServerAccount | undefined): ChildProcess {
  return spawn('/bin/sh', ['-c', ADOPTIVE_GUARDIAN, 'closewatch-postgres', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    ...account,
  });
}

/** Asks the guardian to stop its server. */
export function release(guardian: ChildProcess): void {
  guardian.stdin?.on('error', () => undefined);
  guardian.stdin?.destroy();
}

function settings(): string[] {
  return [
    'port=5432',
    'listen_addresses=',
    'unix_socket_permissions=0700',
    'max_connections=40',
    // The rows and indexes of the day that pushes go to.
    'shared_buffers=128MB',
    // A page that changes for the first time after a checkpoint is logged as a whole: fewer of those, and packed. What is
    // acknowledged is on disk all the same (fsync and synchronous_commit are on).
    'checkpoint_timeout=15min',
    'wal_compression=pglz',
    'timezone=UTC',
    'log_timezone=UTC',
    'log_min_messages=warning',
    'cluster_name=closewatch',
  ];
}

function openLog(file: string, account: ServerAccount | undefined): number {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_LIMIT_BYTES) renameSync(file, `${file}.old`);
  const log = openSync(file, 'a', 0o600);
  if (account !== undefined) chownSync(file, account.uid, account.gid);
  return log;
}

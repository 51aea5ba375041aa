import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The user that the database server runs as. */
export interface ServerAccount {
  readonly uid: number;
  readonly gid: number;
}

/**
 * postgres refuses to run as root: then it runs as `postgres`, else `nobody`. Undefined when we are an ordinary user
 * and the server simply runs as us.
 */
export function serverAccount(): ServerAccount | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const passwd = readFileSync('/etc/passwd', 'utf8');
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = passwd.match(new RegExp(`^${name}:.*$`, 'm'))?.[0].split(':') ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error(
    'PostgreSQL does not run as root and this system has neither a user "postgres" nor "nobody". ' +
      'Start Closewatch as an ordinary user, or set DATABASE_URL.',
  );
}

/** Whether the account can walk down to a folder: every folder on the way has its search bit for it (path_resolution(7)). */
export async function canEnter(account: ServerAccount | undefined, folder: string): Promise<boolean> {
  if (account === undefined) return true;
  for (let path = folder; ; path = dirname(path)) {
    const { uid, gid, mode } = await stat(path);
    const search = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & search) === 0) return false;
    if (path === dirname(path)) return true;
  }
}

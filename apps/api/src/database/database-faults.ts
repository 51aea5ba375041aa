import { errorCode, isError } from '../errors/coerce-error.ts';

/**
 * Conditions under which the same request may succeed later (PostgreSQL appendix A): connection exceptions (08),
 * resources (53), shutdown and start (57P), cancelled by a timeout (57014), serialisation and deadlock (40001, 40P01),
 * lock timeout (55P03), a server in recovery (25006), a transaction that did nothing for too long (25P03).
 */
const AWAY_CODES = /^(08...|53...|57P0.|57014|40001|40P01|55P03|25006|25P03)$/;

/** Node's and pg's own errors of a connection that cannot be had or broke. */
const AWAY_SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
const AWAY_MESSAGES =
  /^(Connection terminated|timeout expired|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout|Cannot use a pool after calling end|Driver not Connected|Client was closed)/;

/** Errors that blame the data: data exceptions (22), integrity (23), a row or value no column takes (42804, 54). */
const REFUSED_CODES = /^(22...|23...|42804|54...)$/;

export type DatabaseFault = 'away' | 'refused' | 'other';

/** Whether the database is away (try later), refused the data (never try again), or something else is wrong. */
export function databaseFault(error: unknown): DatabaseFault {
  for (let at: unknown = error; isError(at); at = 'driverError' in at ? at.driverError : at.cause) {
    const code = errorCode(at) ?? '';
    if (AWAY_CODES.test(code) || isBrokenConnection(at, code) || AWAY_MESSAGES.test(at.message)) return 'away';
    if (REFUSED_CODES.test(code)) return 'refused';
  }
  return 'other';
}

function isBrokenConnection(error: Error, code: string): boolean {
  if (!AWAY_SYSTEM_CODES.has(code)) return false;
  // ENOENT is a missing socket only where somebody connects; elsewhere it is a missing file.
  return code !== 'ENOENT' || ('syscall' in error && error.syscall === 'connect');
}

/** Whether a statement took longer than it may (57014): the database, or what it was asked for, is slow. */
export function isStatementTimeout(error: unknown): boolean {
  return sqlState(error) === '57014';
}

/** SQLSTATE of a database error, when it has one. */
export function sqlState(error: unknown): string | undefined {
  for (let at: unknown = error; isError(at); at = 'driverError' in at ? at.driverError : at.cause) {
    const code = errorCode(at);
    if (code !== undefined && /^[0-9A-Z]{5}$/.test(code)) return code;
  }
  return undefined;
}

import { types } from 'node:util';

/** Whether something is an Error, of whatever realm: errors of Node's core are not ours where tests run us in a vm. */
export function isError(thrown: unknown): thrown is Error {
  return types.isNativeError(thrown);
}

/** What was thrown, as an Error. */
export function coerceError(thrown: unknown): Error {
  return isError(thrown) ? thrown : new Error(String(thrown), { cause: thrown });
}

/** Node's code of a system error (`ENOENT`) or a library's of its own; undefined without one. */
export function errorCode(thrown: unknown): string | undefined {
  return isError(thrown) && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
}

import { libcFunction } from '../sockets/native.ts';

const RLIMIT_NOFILE = 7;
type Limits = (resource: number, limits: Uint8Array) => number;
const getrlimit = libcFunction<Limits>('int getrlimit(int, _Out_ void *)');
const setrlimit = libcFunction<Limits>('int setrlimit(int, const void *)');

/** Does `work` while this process can open no file: EMFILE (getrlimit(2)). Those that are open stay so. */
export async function withoutDescriptors<Result>(work: () => Promise<Result>): Promise<Result> {
  const before = new Uint8Array(16);
  if (getrlimit(RLIMIT_NOFILE, before) !== 0) throw new Error('getrlimit');
  const none = before.slice();
  none.fill(0, 0, 8);
  if (setrlimit(RLIMIT_NOFILE, none) !== 0) throw new Error('setrlimit');
  try {
    return await work();
  } finally {
    setrlimit(RLIMIT_NOFILE, before);
  }
}

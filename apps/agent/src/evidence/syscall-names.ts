import { GENERIC_CALLS, LATER_CALLS, X86_64_CALLS } from './syscall-tables.ts';

/** The name of a system call by its number; `syscall N` where there is none. */
export type SyscallNameOf = (number: number) => string;

/** Node's names of architectures (process.arch) whose numbers are known. */
const TABLES: Readonly<Record<string, string>> = {
  x64: X86_64_CALLS,
  arm64: GENERIC_CALLS,
  riscv64: GENERIC_CALLS,
  loong64: GENERIC_CALLS,
};

/** The names of system calls on an architecture, as process.arch calls it; of another one all are `syscall N`. */
export function syscallNamesOf(architecture: string): SyscallNameOf {
  const table = Object.hasOwn(TABLES, architecture) ? TABLES[architecture] : undefined;
  const names = new Map<number, string>();
  if (table !== undefined) {
    let number = 0;
    for (const word of `${table} ${LATER_CALLS}`.split(/\s+/)) {
      if (word.endsWith(':')) number = Number(word.slice(0, -1));
      else if (word !== '') names.set(number++, word);
    }
  }
  return (number) => names.get(number) ?? unnamed(number);
}

/**
 * What /proc/PID/task/TID/syscall tells (proc_pid_syscall(5)): `running`, or `N ARGUMENTS SP PC` where N is -1 outside
 * of a call. Null: in none. A program of another word size numbers its calls in its own way, so its are not named: it
 * has both stack and code in the lowest 4 GiB.
 */
export function syscallIn(text: string, nameOf: SyscallNameOf): string | null {
  const words = text.trimEnd().split(' ');
  if (!/^\d{1,10}$/.test(words[0] ?? '')) return null;
  const number = Number(words[0]);
  return words.slice(-2).every((address) => /^0x[0-9a-f]{1,8}$/.test(address)) ? unnamed(number) : nameOf(number);
}

function unnamed(number: number): string {
  return `syscall ${number}`;
}

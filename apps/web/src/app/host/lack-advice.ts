/** One thing that an agent lacks, as it says so itself: `CAP_SYS_PTRACE: the processes ... are unknown`. */
export interface Lack {
  /** What the agent said. */
  readonly raw: string;
  /** What it begins with: a capability, or what part of the agent speaks; all of it where it has no such beginning. */
  readonly name: string;
  /** Translation key of what it means, for capabilities that are known here. */
  readonly meaning: string | null;
  readonly capability: boolean;
}

/** Ways to grant capabilities, each a line to copy. */
export interface Grants {
  readonly systemd: string;
  readonly docker: string;
  readonly setcap: string;
}

const MEANINGS: Readonly<Record<string, string>> = {
  CAP_SYS_PTRACE: 'lacks.sysPtrace',
  CAP_DAC_READ_SEARCH: 'lacks.dacReadSearch',
  CAP_SYS_ADMIN: 'lacks.sysAdmin',
};

/** A longer beginning is a sentence with a colon in it, not a name. */
const LONGEST_NAME = 40;

export function lackOf(raw: string): Lack {
  const capability = /^CAP_[A-Z_]+/.exec(raw)?.[0];
  if (capability !== undefined) {
    return { raw, name: capability, meaning: MEANINGS[capability] ?? null, capability: true };
  }
  const colon = raw.indexOf(': ');
  const name = colon > 0 && colon <= LONGEST_NAME ? raw.slice(0, colon) : raw;
  return { raw, name, meaning: null, capability: false };
}

/** How to grant the capabilities among these, all of them at once; null where there is none. */
export function grantsOf(lacks: readonly Lack[]): Grants | null {
  const names = [...new Set(lacks.filter(({ capability }) => capability).map(({ name }) => name))];
  if (names.length === 0) return null;
  return {
    systemd: `AmbientCapabilities=${names.join(' ')}`,
    docker: `${names.map((name) => `--cap-add ${name.slice('CAP_'.length)}`).join(' ')} --pid host --network host`,
    setcap: `setcap ${names.join(',').toLowerCase()}+ep /path/to/node`,
  };
}

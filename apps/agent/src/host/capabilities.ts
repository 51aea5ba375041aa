/** Capabilities that change what the agent sees, and what is not seen without each (include/uapi/linux/capability.h). */
const USEFUL = [
  {
    name: 'CAP_DAC_READ_SEARCH',
    bit: 2n,
    without: "other users' descriptors cannot be listed, so the processes that hold their sockets are unknown",
  },
  {
    name: 'CAP_SYS_PTRACE',
    bit: 19n,
    without: "other users' descriptors cannot be followed, so the processes that hold their sockets are unknown",
  },
] as const;

/** Of use only where there are other network namespaces. */
const TO_ENTER = {
  name: 'CAP_SYS_ADMIN',
  bit: 21n,
  without:
    'other network namespaces (containers) cannot be entered, so they are read from /proc at many times the CPU, without the ages of their connections',
} as const;

/** The effective capabilities in the text of /proc/PID/status: those of use to the agent, and what is lacking. */
export function capabilitiesIn(status: string): {
  held: string[];
  missing: string[];
  /** What is lacking besides where there are other network namespaces; undefined: nothing. */
  missingForOthers?: string;
} {
  const hex = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  if (hex === undefined) return { held: [], missing: ['capabilities: /proc/self/status does not tell CapEff'] };
  const effective = BigInt(`0x${hex}`);
  const has = (bit: bigint): boolean => ((effective >> bit) & 1n) === 1n;
  const useful = [...USEFUL, TO_ENTER];
  return {
    held: useful.filter(({ bit }) => has(bit)).map(({ name }) => name),
    missing: USEFUL.filter(({ bit }) => !has(bit)).map(({ name, without }) => `${name}: ${without}`),
    ...(has(TO_ENTER.bit) ? {} : { missingForOthers: `${TO_ENTER.name}: ${TO_ENTER.without}` }),
  };
}

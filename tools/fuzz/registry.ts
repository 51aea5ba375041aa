import { type FuzzedParser } from './fuzzed-parser.ts';
import { HOST_TEXTS } from './parsers/host.ts';
import { KERNEL_TABLES } from './parsers/kernel-tables.ts';
import { PROCESS_TEXTS } from './parsers/processes.ts';
import { SOCKET_TEXTS } from './parsers/socket-texts.ts';
import { UPLINK_TEXTS } from './parsers/uplink.ts';

/** Every parser of what others wrote, in the agent and in texts; registry.spec.ts finds one that is missing. */
export const PARSERS: readonly FuzzedParser[] = [
  ...KERNEL_TABLES,
  ...PROCESS_TEXTS,
  ...HOST_TEXTS,
  ...UPLINK_TEXTS,
  ...SOCKET_TEXTS,
];

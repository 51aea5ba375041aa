import { SOURCES, type Host } from '@closewatch/protocol';

/** Whether no agent runs there: somebody sends what ss or netstat prints. */
export function isAgentless({ agent }: Pick<Host, 'agent'>): boolean {
  return !SOURCES.some((source) => source === agent.source);
}

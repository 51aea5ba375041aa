import { type AgentEvent } from '@closewatch/protocol';
import { csvOfPage } from '../csv/csv-table.ts';

type EventOf<Kind extends AgentEvent['kind']> = Extract<AgentEvent, { kind: Kind }>;

/** What is told of an event of some kinds; an empty cell for the others. */
const of =
  <Kind extends AgentEvent['kind'], Value>(kinds: readonly Kind[], value: (event: EventOf<Kind>) => Value) =>
  (event: AgentEvent): Value | null =>
    isOf(event, kinds) ? value(event) : null;

function isOf<Kind extends AgentEvent['kind']>(event: AgentEvent, kinds: readonly Kind[]): event is EventOf<Kind> {
  return (kinds as readonly string[]).includes(event.kind);
}

export const eventsCsv = csvOfPage<AgentEvent>('events', {
  at: ({ at }) => at,
  kind: ({ kind }) => kind,
  after: of(['started'], ({ after }) => after),
  for_ms: of(['suspended', 'stalled'], ({ forMs }) => forMs),
  by_ms: of(['clock_jumped'], ({ byMs }) => byMs),
  dropped_snapshots: of(['dropped'], ({ snapshots }) => snapshots),
  dropped_from: of(['dropped'], ({ from }) => from),
  dropped_to: of(['dropped'], ({ to }) => to),
  damaged_records: of(['damaged'], ({ records }) => records),
});

import type { Annotation, IncidentDetails, IncidentEvent } from '@closewatch/protocol';

/** One line of the timeline: what happened to the incident, or what changed around it. */
export type StoryEntry =
  | { readonly of: 'event'; readonly id: string; readonly atMs: number; readonly event: IncidentEvent }
  | { readonly of: 'change'; readonly id: string; readonly atMs: number; readonly change: Annotation };

/** Events and change marks in the order in which they happened. */
export function storyOf({ events, changes }: Pick<IncidentDetails, 'events' | 'changes'>): StoryEntry[] {
  return [
    ...events.map((event): StoryEntry => ({
      of: 'event',
      id: `event ${event.number}`,
      atMs: Date.parse(event.at),
      event,
    })),
    ...changes.map((change): StoryEntry => ({
      of: 'change',
      id: `change ${change.id}`,
      atMs: Date.parse(change.at),
      change,
    })),
  ].sort((a, b) => a.atMs - b.atMs || numberOf(a) - numberOf(b));
}

function numberOf(entry: StoryEntry): number {
  return entry.of === 'event' ? entry.event.number : -1;
}

/** So long before it began a change may have brought it about. */
const BEFORE_MS = 2 * 3_600_000;

/** The last change before the incident began, of its own service rather than of others. */
export function changeBefore({
  beganAt,
  service,
  changes,
}: Pick<IncidentDetails, 'beganAt' | 'service' | 'changes'>): Annotation | null {
  const beganMs = Date.parse(beganAt);
  const before = changes
    .filter(({ at }) => Date.parse(at) <= beganMs && beganMs - Date.parse(at) <= BEFORE_MS)
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  return (
    before.find((change) => change.service === service) ?? before.find((change) => change.service === null) ?? null
  );
}

/** The next entry after (before, for -1) an instant; undefined at the end of the story. */
export function neighbour(story: readonly StoryEntry[], atMs: number, direction: 1 | -1): StoryEntry | undefined {
  return direction === 1 ? story.find((entry) => entry.atMs > atMs) : story.findLast((entry) => entry.atMs < atMs);
}

import type { Annotation, IncidentEvent } from '@closewatch/protocol';
import { AT, AT_MS } from '../../testing/builders.ts';
import { changeBefore, neighbour, storyOf } from './story.ts';

const at = (minutes: number) => new Date(AT_MS + minutes * 60_000).toISOString();
const event = (number: number, minutes: number): IncidentEvent => ({
  number,
  at: at(minutes),
  kind: 'note',
  by: null,
  text: null,
  content: {},
});
const change = (id: string, minutes: number, service: string | null = null): Annotation => ({
  id,
  at: at(minutes),
  kind: 'deploy',
  hostId: null,
  hostname: null,
  service,
  text: '',
  link: null,
  source: 'agent',
  author: null,
});

describe('storyOf', () => {
  it('puts events and changes in the order in which they happened, events of one instant by number', () => {
    const story = storyOf({
      events: [event(2, 1), event(1, 1), event(3, 9)],
      changes: [change('a', 1), change('b', 4)],
    });
    expect(story.map(({ id }) => id)).toEqual(['change a', 'event 1', 'event 2', 'change b', 'event 3']);
  });
});

describe('changeBefore', () => {
  it('is the last one of the service', () => {
    const changes = [change('old', -60, 'shop'), change('new', -4, 'shop'), change('later', 1, 'shop')];
    expect(changeBefore({ beganAt: AT, service: 'shop', changes })?.id).toBe('new');
  });

  it('is one of the whole host where the service had none, and never one of another service', () => {
    const changes = [change('host', -30), change('other', -1, 'orders')];
    expect(changeBefore({ beganAt: AT, service: 'shop', changes })?.id).toBe('host');
    expect(changeBefore({ beganAt: AT, service: 'shop', changes: [change('other', -1, 'orders')] })).toBeNull();
  });

  it('is nothing that lies more than two hours back', () => {
    expect(changeBefore({ beganAt: AT, service: 'shop', changes: [change('a', -121, 'shop')] })).toBeNull();
  });
});

describe('neighbour', () => {
  const story = storyOf({ events: [event(1, 0), event(2, 5)], changes: [] });

  it.each([
    [0, 1, 'event 2'],
    [2, 1, 'event 2'],
    [5, 1, undefined],
    [5, -1, 'event 1'],
    [0, -1, undefined],
  ] as const)('from minute %d towards %d: %s', (minutes, direction, id) => {
    expect(neighbour(story, AT_MS + minutes * 60_000, direction)?.id).toBe(id);
  });
});

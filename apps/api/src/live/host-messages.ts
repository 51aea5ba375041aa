import { type LeakGroup, type ServerEventMap } from '@closewatch/protocol';
import { hostChange, type HostFrame } from './host-frame.ts';
import { type LiveSocket, sendBounded } from './live-socket.ts';

type HostEvent = 'host:snapshot' | 'host:connections' | 'host:details' | 'host:verdicts';

/** What its cursors add to a message that leads from one frame to the next. */
type Body<Event extends HostEvent> = Omit<Parameters<ServerEventMap[Event]>[0], 'cursor' | 'previousCursor'>;

/** A message, ready to be sent. */
export type Send = (socket: LiveSocket) => void;

/**
 * The messages that lead a watcher, who stands at the cursor `from`, from one frame to the next. They are one chain: each
 * but the last leads to a place half-way. Without a frame before, the chain continues nothing, and the watcher asks for a
 * picture.
 */
export function hostMessages(from: string, before: HostFrame | undefined, after: HostFrame): Send[] {
  const { host, netns } = after;
  const chain = new Chain(before === undefined ? 'unknown' : from);
  chain.add('host:snapshot', { netns, host });
  if (before !== undefined) {
    const { changed, endedSocketIds, details } = hostChange(before, after);
    const ofHost = { netns, hostId: host.id };
    if (changed.length > 0 || endedSocketIds.length > 0) {
      chain.add('host:connections', { ...ofHost, changed, endedSocketIds });
    }
    if (Object.keys(details).length > 0) chain.add('host:details', { ...ofHost, details });
  }
  return chain.upTo(after.cursor);
}

/** The message that tells all leaks anew. */
export function leaksMessage(from: string, to: string, { host, netns }: HostFrame, leaks: LeakGroup[]): Send[] {
  const chain = new Chain(from);
  chain.add('host:verdicts', { netns, hostId: host.id, leaks });
  return chain.upTo(to);
}

class Chain {
  private readonly links: { event: HostEvent; body: object }[] = [];

  constructor(private readonly from: string) {}

  add<Event extends HostEvent>(event: Event, body: Body<Event>): void {
    this.links.push({ event, body });
  }

  upTo(cursor: string): Send[] {
    let previousCursor = this.from;
    return this.links.map(({ event, body }, index) => {
      const last = index === this.links.length - 1;
      const message = { ...body, previousCursor, cursor: last ? cursor : `${cursor}:${event}` };
      previousCursor = message.cursor;
      return (socket) => sendBounded(socket, event, message as never);
    });
  }
}

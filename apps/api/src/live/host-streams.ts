import { Injectable, Logger } from '@nestjs/common';
import { type HostPicture, type LeakGroup } from '@closewatch/protocol';
import { coerceError } from '../errors/coerce-error.ts';
import { ApiError } from '../errors/api-error.ts';
import { canSee } from '../rights/can-see.ts';
import { type HostFrame, pictureOf } from './host-frame.ts';
import { HostLeaksService } from '../detection/host-leaks.service.ts';
import { hostMessages, leaksMessage, type Send } from './host-messages.ts';
import { sameLeaks } from './leak-news.ts';
import { HostPictureService } from './host-picture.service.ts';
import { type LiveSocket } from './live-socket.ts';
import { Serial } from './serial.ts';

/** Names a stream: a host by its agentId, and one of its network namespaces. */
interface StreamName {
  readonly id: string;
  readonly netns: number;
}

/**
 * The watchers of one namespace of one host and what they were last told. Reading, telling and joining go one after the other, so that
 * a picture and the messages after it leave no gap between them and do not overlap.
 */
class HostStream {
  constructor(
    readonly id: string,
    readonly netns: number,
  ) {}

  readonly watchers = new Set<LiveSocket>();
  readonly serial = new Serial();
  frame: HostFrame | undefined;
  leaks: LeakGroup[] | undefined;
  /** The cursor that its watchers were led to. */
  cursor = '';
  private ownMessages = 0;

  /** A cursor for a message of which the database has none. */
  nextCursor(): string {
    return `${this.frame?.cursor ?? ''}:${++this.ownMessages}`;
  }
  /** Sockets that are about to join. */
  joining = 0;
  /** A read is queued that will see whatever is committed now. */
  stale = false;
}

/** Shows hosts live: a picture to whoever begins to watch, then every commit at once. A stream is one namespace of one host. */
@Injectable()
export class HostStreams {
  private readonly logger = new Logger(HostStreams.name);
  /** By host, then by namespace. */
  private readonly streams = new Map<string, Map<number, HostStream>>();

  constructor(
    private readonly pictures: HostPictureService,
    private readonly leaks: HostLeaksService,
  ) {}

  /** Adds the socket to the watchers; `answer` gets the picture they go on from. Throws {@link ApiError} 404. */
  async watch({ id, netns }: StreamName, socket: LiveSocket, answer: (picture: HostPicture) => void): Promise<void> {
    const stream = this.streamOf(id, netns);
    stream.joining++;
    try {
      await stream.serial.run(async () => {
        await this.begin(stream);
        if (stream.frame === undefined || !canSee(socket.data.principal, stream.frame.host)) {
          throw ApiError.notFound(`There is no host ${id}${netns === 0 ? '' : ` with a network namespace ${netns}`}.`);
        }
        if (!socket.connected) return;
        answer(pictureOf(stream.frame, { cursor: stream.cursor, leaks: stream.leaks ?? [] }));
        stream.watchers.add(socket);
      });
    } finally {
      stream.joining--;
      this.forgetIfUnwatched(stream);
    }
  }

  unwatch({ id, netns }: StreamName, socket: LiveSocket): void {
    const stream = this.streams.get(id)?.get(netns);
    if (stream === undefined) return;
    stream.watchers.delete(socket);
    this.forgetIfUnwatched(stream);
  }

  /** Forgets a socket that is gone. */
  leave(socket: LiveSocket): void {
    for (const ofHost of this.streams.values()) {
      for (const stream of ofHost.values()) {
        if (stream.watchers.delete(socket)) this.forgetIfUnwatched(stream);
      }
    }
  }

  /** The host has changed in the database: tells its watchers, if there are any. */
  committed(id: string): void {
    for (const stream of this.streams.get(id)?.values() ?? []) this.readSoon(stream);
  }

  private readSoon(stream: HostStream): void {
    // A queued read begins after this commit and will see it: commits that come faster than reads are told together.
    if (stream.stale) return;
    stream.stale = true;
    stream.serial
      .run(() => this.tell(stream))
      .catch((error: unknown) => {
        // The watchers must not go on from here: without a frame the next message does not continue their picture.
        stream.frame = undefined;
        this.logger.warn(`Host ${stream.id} could not be read for its watchers: ${coerceError(error).message}`);
      });
  }

  private async tell(stream: HostStream): Promise<void> {
    stream.stale = false;
    if (stream.watchers.size === 0) return;
    const before = stream.frame;
    const after = await this.pictures.read(stream.id, stream.netns, before);
    if (after === undefined) return;
    stream.frame = after;
    if (after.cursor !== before?.cursor) {
      this.send(stream, after, hostMessages(stream.cursor, before, after));
      stream.cursor = after.cursor;
    }
    await this.tellLeaks(stream, after);
  }

  /** After the rest, which does not wait for it. */
  private async tellLeaks(stream: HostStream, frame: HostFrame): Promise<void> {
    let leaks: LeakGroup[];
    try {
      leaks = (await this.leaks.read(frame, stream.netns)).items;
    } catch (error) {
      // What was told of the rest holds, and the next commit asks again.
      this.logger.warn(`The leaks of host ${stream.id} could not be read: ${coerceError(error).message}`);
      return;
    }
    if (stream.leaks !== undefined && sameLeaks(stream.leaks, leaks)) return;
    stream.leaks = leaks;
    const to = stream.nextCursor();
    this.send(stream, frame, leaksMessage(stream.cursor, to, frame, leaks));
    stream.cursor = to;
  }

  private send({ watchers }: HostStream, { host }: HostFrame, messages: readonly Send[]): void {
    for (const socket of watchers) {
      if (!canSee(socket.data.principal, host)) continue;
      for (const send of messages) send(socket);
    }
  }

  private async begin(stream: HostStream): Promise<void> {
    if (stream.frame !== undefined) return;
    const frame = await this.pictures.read(stream.id, stream.netns);
    if (frame === undefined) return;
    stream.leaks = (await this.leaks.read(frame, stream.netns)).items;
    stream.cursor = frame.cursor;
    stream.frame = frame;
  }

  private streamOf(id: string, netns: number): HostStream {
    const ofHost = this.streams.get(id) ?? new Map<number, HostStream>();
    this.streams.set(id, ofHost);
    const stream = ofHost.get(netns) ?? new HostStream(id, netns);
    ofHost.set(netns, stream);
    return stream;
  }

  private forgetIfUnwatched(stream: HostStream): void {
    if (stream.watchers.size > 0 || stream.joining > 0) return;
    const ofHost = this.streams.get(stream.id);
    ofHost?.delete(stream.netns);
    if (ofHost?.size === 0) this.streams.delete(stream.id);
  }
}

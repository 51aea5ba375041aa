import { Injectable, Logger } from '@nestjs/common';
import { type HostPicture } from '@closewatch/protocol';
import { coerceError } from '../errors/coerce-error.ts';
import { ApiError } from '../errors/api-error.ts';
import { canSee } from '../rights/can-see.ts';
import { type HostFrame, pictureOf } from './host-frame.ts';
import { hostMessages } from './host-messages.ts';
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

  constructor(private readonly pictures: HostPictureService) {}

  /** Adds the socket to the watchers; `answer` gets the picture they go on from. Throws {@link ApiError} 404. */
  async watch({ id, netns }: StreamName, socket: LiveSocket, answer: (picture: HostPicture) => void): Promise<void> {
    const stream = this.streamOf(id, netns);
    stream.joining++;
    try {
      await stream.serial.run(async () => {
        stream.frame ??= await this.pictures.read(id, netns);
        if (stream.frame === undefined || !canSee(socket.data.principal, stream.frame.host)) {
          throw ApiError.notFound(`There is no host ${id}${netns === 0 ? '' : ` with a network namespace ${netns}`}.`);
        }
        if (!socket.connected) return;
        answer(pictureOf(stream.frame));
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
    if (after.cursor === before?.cursor) return;
    const messages = hostMessages(before, after);
    for (const socket of stream.watchers) {
      if (!canSee(socket.data.principal, after.host)) continue;
      for (const send of messages) send(socket);
    }
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

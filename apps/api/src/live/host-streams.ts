import { Injectable, Logger } from '@nestjs/common';
import { type HostPicture } from '@closewatch/protocol';
import { coerceError } from '../errors/coerce-error.ts';
import { ApiError } from '../errors/api-error.ts';
import { canSee } from '../rights/can-see.ts';
import { hostChange, type HostFrame, pictureOf } from './host-frame.ts';
import { HostPictureService } from './host-picture.service.ts';
import { type LiveSocket, sendBounded } from './live-socket.ts';
import { Serial } from './serial.ts';

/**
 * The watchers of one host and what they were last told. Reading, telling and joining go one after the other, so that
 * a picture and the messages after it leave no gap between them and do not overlap.
 */
class HostStream {
  readonly watchers = new Set<LiveSocket>();
  readonly serial = new Serial();
  frame: HostFrame | undefined;
  /** Sockets that are about to join. */
  joining = 0;
  /** A read is queued that will see whatever is committed now. */
  stale = false;
}

/** Shows hosts live: a picture to whoever begins to watch, then every commit at once. */
@Injectable()
export class HostStreams {
  private readonly logger = new Logger(HostStreams.name);
  private readonly streams = new Map<string, HostStream>();

  constructor(private readonly pictures: HostPictureService) {}

  /** Adds the socket to the host's watchers; `answer` gets the picture they go on from. Throws {@link ApiError} 404. */
  async watch(id: string, socket: LiveSocket, answer: (picture: HostPicture) => void): Promise<void> {
    const stream = this.streams.get(id) ?? new HostStream();
    this.streams.set(id, stream);
    stream.joining++;
    try {
      await stream.serial.run(async () => {
        stream.frame ??= await this.pictures.read(id);
        if (stream.frame === undefined || !canSee(socket.data.principal, stream.frame.host)) {
          throw ApiError.notFound(`There is no host ${id}.`);
        }
        if (!socket.connected) return;
        answer(pictureOf(stream.frame));
        stream.watchers.add(socket);
      });
    } finally {
      stream.joining--;
      this.forgetIfUnwatched(id, stream);
    }
  }

  unwatch(id: string, socket: LiveSocket): void {
    const stream = this.streams.get(id);
    if (stream === undefined) return;
    stream.watchers.delete(socket);
    this.forgetIfUnwatched(id, stream);
  }

  /** Forgets a socket that is gone. */
  leave(socket: LiveSocket): void {
    for (const [id, stream] of this.streams) {
      if (stream.watchers.delete(socket)) this.forgetIfUnwatched(id, stream);
    }
  }

  /** The host has changed in the database: tells its watchers, if there are any. */
  committed(id: string): void {
    const stream = this.streams.get(id);
    // A queued read begins after this commit and will see it: commits that come faster than reads are told together.
    if (stream === undefined || stream.stale) return;
    stream.stale = true;
    stream.serial
      .run(() => this.tell(id, stream))
      .catch((error: unknown) => {
        // The watchers must not go on from here: without a frame the next message does not continue their picture.
        stream.frame = undefined;
        this.logger.warn(`Host ${id} could not be read for its watchers: ${coerceError(error).message}`);
      });
  }

  private async tell(id: string, stream: HostStream): Promise<void> {
    stream.stale = false;
    if (stream.watchers.size === 0) return;
    const before = stream.frame;
    const after = await this.pictures.read(id);
    if (after === undefined) return;
    stream.frame = after;
    if (after.cursor === before?.cursor) return;
    const { changed, endedSocketIds } =
      before === undefined ? { changed: [], endedSocketIds: [] } : hostChange(before, after);
    const previousCursor = before?.cursor ?? 'unknown';
    const withConnections = changed.length > 0 || endedSocketIds.length > 0;
    // Two messages, one chain: the snapshot leads to a place half-way.
    const halfWay = withConnections ? `${after.cursor}:snapshot` : after.cursor;
    for (const socket of stream.watchers) {
      if (!canSee(socket.data.principal, after.host)) continue;
      sendBounded(socket, 'host:snapshot', { previousCursor, cursor: halfWay, host: after.host });
      if (!withConnections) continue;
      const message = { previousCursor: halfWay, cursor: after.cursor, hostId: id, changed, endedSocketIds };
      sendBounded(socket, 'host:connections', message);
    }
  }

  private forgetIfUnwatched(id: string, stream: HostStream): void {
    if (stream.watchers.size === 0 && stream.joining === 0) this.streams.delete(id);
  }
}

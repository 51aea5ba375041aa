import type { LiveAnswer } from '@closewatch/protocol';
import { CursorStream, type Continued } from './cursor-stream.ts';
import type { LiveConnection } from './live-connection.ts';
import type { LiveTransport } from './live-transport.ts';

/** How to watch one thing. `request` asks for the picture and rejects when no answer comes in time. */
export interface WatchPlan<Picture, Message> {
  request(transport: LiveTransport): Promise<LiveAnswer<Picture>>;
  /** Subscribes to the messages of this stream; returns how to stop. */
  listen(transport: LiveTransport, receive: (message: Message) => void): () => void;
  /** Tells the server that nobody looks any more. */
  release(transport: LiveTransport): void;
  show(picture: Picture): void;
  apply(message: Message): void;
  /** The server gives no picture, for example 404: asked again only after a reconnect. */
  refused(error: { statusCode: number; message: string }): void;
}

/** At most one new picture in this time, so that a lossy line does not become a storm of pictures. */
const REWATCH_MS = 1_000;
export const ANSWER_TIMEOUT_MS = 10_000;

/** One stream on the connection, from `start` to `stop`: asks again after each reconnect, each gap and each failure. */
export class Watched<Picture extends { readonly cursor: string }, Message extends Continued> {
  private readonly stream: CursorStream<Picture, Message>;
  private attempt = 0;
  private askedAt = Number.NEGATIVE_INFINITY;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private arrived: (() => void) | undefined;
  private unlisten: (() => void) | undefined;

  constructor(
    private readonly connection: LiveConnection,
    private readonly plan: WatchPlan<Picture, Message>,
  ) {
    this.stream = new CursorStream<Picture, Message>({
      show: (picture) => plan.show(picture),
      apply: (message) => plan.apply(message),
      lost: () => this.askSoon(),
    });
  }

  start(): void {
    const { transport } = this.connection;
    const unlisten = this.plan.listen(transport, (message) => this.stream.receive(message));
    const ask = () => this.ask();
    transport.on('connect', ask);
    this.unlisten = () => {
      unlisten();
      transport.off('connect', ask);
    };
    this.ask();
  }

  stop(): void {
    this.attempt++;
    clearTimeout(this.timer);
    this.unlisten?.();
    this.settle();
    if (this.connection.transport.connected) this.plan.release(this.connection.transport);
  }

  private ask(): void {
    clearTimeout(this.timer);
    this.settle();
    const attempt = ++this.attempt;
    this.stream.asked();
    this.arrived = this.connection.await();
    this.askedAt = performance.now();
    if (!this.connection.transport.connected) return;
    this.plan.request(this.connection.transport).then(
      (answer) => {
        if (attempt === this.attempt) this.take(answer);
      },
      () => {
        if (attempt === this.attempt) this.askSoon();
      },
    );
  }

  private take(answer: LiveAnswer<Picture>): void {
    this.settle();
    if (answer.ok) this.stream.answered(answer.picture);
    else this.plan.refused(answer.error);
  }

  private askSoon(): void {
    clearTimeout(this.timer);
    this.arrived ??= this.connection.await();
    this.timer = setTimeout(() => this.ask(), Math.max(0, this.askedAt + REWATCH_MS - performance.now()));
  }

  private settle(): void {
    this.arrived?.();
    this.arrived = undefined;
  }
}

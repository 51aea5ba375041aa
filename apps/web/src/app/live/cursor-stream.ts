/** A message of a stream: it continues the picture or message whose cursor is `previousCursor`. */
export interface Continued {
  readonly cursor: string;
  readonly previousCursor: string;
}

export interface CursorStreamHandlers<Picture, Message> {
  /** A whole picture: replaces all. */
  show(picture: Picture): void;
  /** What changed since. */
  apply(message: Message): void;
  /** A message is missing: the caller must ask for a new picture. */
  lost(): void;
}

/** Messages kept while a picture is on its way; older ones are in the picture anyway. */
const WAITING_LIMIT = 64;

/**
 * Keeps one live stream whole. Messages that arrive before the picture wait and are applied if they continue it; a
 * message that continues neither the picture nor the last message means that one is lost. Pure: no socket, no clock.
 */
export class CursorStream<Picture extends { readonly cursor: string }, Message extends Continued> {
  private cursor: string | undefined;
  private waiting: Message[] = [];

  constructor(private readonly handlers: CursorStreamHandlers<Picture, Message>) {}

  /** A picture was asked for: until it comes, messages wait. */
  asked(): void {
    this.cursor = undefined;
    this.waiting = [];
  }

  answered(picture: Picture): void {
    this.cursor = picture.cursor;
    this.handlers.show(picture);
    const waiting = this.waiting;
    this.waiting = [];
    for (const message of waiting) {
      // One that does not continue is older than the picture; were it newer, the next message would show the gap.
      if (message.previousCursor === this.cursor) this.advance(message);
    }
  }

  receive(message: Message): void {
    if (this.cursor === undefined) {
      this.waiting.push(message);
      if (this.waiting.length > WAITING_LIMIT) this.waiting.shift();
    } else if (message.previousCursor === this.cursor) {
      this.advance(message);
    } else {
      this.cursor = undefined;
      this.handlers.lost();
    }
  }

  private advance(message: Message): void {
    this.cursor = message.cursor;
    this.handlers.apply(message);
  }
}

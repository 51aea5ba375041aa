import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

/** Colours a text, or leaves it as it is. */
export type Paint = (format: Format, text: string) => string;

/** Colours for a stream that shows them: a terminal, unless NO_COLOR or NODE_DISABLE_COLORS say no (Node's util.styleText). */
export function paintFor(stream: NodeJS.WriteStream): Paint {
  return (format, text) => (stream.isTTY ? styleText(format, text, { stream }) : text);
}

export const PLAIN: Paint = (_, text) => text;

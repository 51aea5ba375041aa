import { CursorStream } from './cursor-stream.ts';

type Message = { cursor: string; previousCursor: string };
const message = (previousCursor: string, cursor: string): Message => ({ previousCursor, cursor });

function watched() {
  const seen: string[] = [];
  const stream = new CursorStream<{ cursor: string }, Message>({
    show: ({ cursor }) => seen.push(`show ${cursor}`),
    apply: ({ cursor }) => seen.push(`apply ${cursor}`),
    lost: () => seen.push('lost'),
  });
  return { stream, seen };
}

describe('CursorStream', () => {
  it('applies messages that continue the picture', () => {
    const { stream, seen } = watched();
    stream.asked();
    stream.answered({ cursor: '5' });
    stream.receive(message('5', '6'));
    stream.receive(message('6', '7'));
    expect(seen).toEqual(['show 5', 'apply 6', 'apply 7']);
  });

  it('applies what overtook the picture, and drops what the picture already has', () => {
    const { stream, seen } = watched();
    stream.asked();
    stream.receive(message('3', '4'));
    stream.receive(message('4', '5'));
    stream.receive(message('5', '6'));
    stream.answered({ cursor: '5' });
    expect(seen).toEqual(['show 5', 'apply 6']);
  });

  it('says once that a message is missing, and waits for a new picture', () => {
    const { stream, seen } = watched();
    stream.answered({ cursor: '5' });
    stream.receive(message('6', '7'));
    stream.receive(message('7', '8'));
    expect(seen).toEqual(['show 5', 'lost']);
    stream.answered({ cursor: '7' });
    expect(seen.slice(2)).toEqual(['show 7', 'apply 8']);
  });
});

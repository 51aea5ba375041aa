import { expect, it } from '@jest/globals';
import { StatusLine } from './status-line.ts';

function written(isTTY: boolean, speak: (line: StatusLine) => void): string {
  let text = '';
  speak(new StatusLine({ isTTY, write: (more) => (text += more) }));
  return text;
}

it('writes a plain line for each change where nobody looks', () => {
  const text = written(false, (line) => {
    line.show('holds 1');
    line.show('holds 1');
    line.print('ready');
    line.show('holds 1');
    line.show('holds 2');
    line.end();
  });

  expect(text).toBe('holds 1\nready\nholds 2\n');
});

it('writes over its one line on a terminal', () => {
  const text = written(true, (line) => {
    line.show('holds 1');
    line.show('holds 2');
    line.end();
  });

  expect(text).toBe('\r\x1b[Kholds 1\r\x1b[Kholds 2\n');
});

it('leaves what it prints above the status on a terminal', () => {
  const text = written(true, (line) => {
    line.show('holds 2');
    line.print('ready');
    line.show('holds 2');
  });

  expect(text).toBe('\r\x1b[Kholds 2\nready\n\r\x1b[Kholds 2');
});

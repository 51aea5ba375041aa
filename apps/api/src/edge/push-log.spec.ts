import { describe, expect, it } from '@jest/globals';
import { PushLog } from './push-log.ts';

function recorded() {
  const lines: string[] = [];
  const take = (level: string) => (line: unknown) => void lines.push(`${level} ${String(line)}`);
  return { lines, log: new PushLog({ log: take('log'), warn: take('warn'), error: take('error') }) };
}

describe('the log of pushes that failed', () => {
  it('has one line for all that are to come again within ten seconds', () => {
    const { lines, log } = recorded();
    for (let at = 0; at < 10_000; at += 10) log.failed(503, 'id', new Error('too much'), at);
    log.failed(503, 'id', new Error('too much'), 10_000);
    expect(lines).toEqual([
      'warn A push was refused with 503: too much',
      'warn 1000 pushes were refused with 503: too much',
    ]);
  });

  it('has a line for each of the others', () => {
    const { lines, log } = recorded();
    log.failed(401, 'a', new Error('who'), 0);
    log.failed(500, 'b', new Error('what'), 0);
    expect(lines).toEqual([
      'log A push was refused with 401 (request a): who',
      'error A push failed (request b): what',
    ]);
  });
});

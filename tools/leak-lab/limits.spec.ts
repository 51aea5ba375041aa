import { expect, it } from '@jest/globals';
import { beyondLimits } from './limits.ts';
import type { LabOptions } from './options.ts';
import { codeLeak } from './scenarios/code-leak.ts';
import { neverAccepted } from './scenarios/never-accepted.ts';
import { timeWait } from './scenarios/time-wait.ts';

const options: LabOptions = {
  count: 1_000,
  rate: 10,
  host: '127.0.0.1',
  port: 0,
  durationMs: null,
  closer: 'client',
  keepaliveMs: 15_000,
  everyMs: 45_000,
  runtime: null,
};

it('takes as many sockets as there are descriptors, less its own', () => {
  expect(beyondLimits(codeLeak, options, 1_064)).toBeUndefined();
});

it('refuses one more, and says how many would do', () => {
  expect(beyondLimits(codeLeak, options, 1_063)).toBe(
    '--count 1000 needs 1064 descriptors and this process may open 1063: ask for 999 at most, or raise the limit (ulimit -n)',
  );
});

it('lets TIME_WAIT go beyond the descriptors, for it holds none', () => {
  expect(beyondLimits(timeWait, options, 1_024)).toBeUndefined();
});

it('refuses more connections than wait in an accept queue', () => {
  expect(beyondLimits(neverAccepted, { ...options, count: 50_000 }, 1_024)).toMatch(
    /^--count 50000 is more than wait in an accept queue here: ask for \d+ at most, or raise net.core.somaxconn$/,
  );
});

it('reads the limit of this process', () => {
  expect(beyondLimits(codeLeak, { ...options, count: 10 })).toBeUndefined();
});

it('refuses more connections from ::1 than it has ports', () => {
  expect(beyondLimits(timeWait, { ...options, count: 50_000, host: '::1' }, 100_000)).toMatch(
    /^--count 50000 is more than ::1 has local ports for: ask for \d+ at most, or use --host 127.0.0.1$/,
  );
});

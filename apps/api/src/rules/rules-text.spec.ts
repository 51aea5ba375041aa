import { describe, expect, it } from '@jest/globals';
import { DEFAULT_THRESHOLDS } from '@closewatch/socket-states';
import fc from 'fast-check';
import { type RulesInForce, type ServiceNames } from './rules-in-force.ts';
import { readRules } from './rules-text.ts';

function rulesOf(text: string): RulesInForce {
  const read = readRules(text);
  if ('rules' in read) return read.rules;
  throw new Error(read.faults.map(({ line, path, message }) => `${line}: ${path} ${message}`).join('\n'));
}

/** The first fault, as it is told to people: `3 thresholds.leak is not known`. */
function faultOf(text: string): string {
  const read = readRules(text);
  if ('rules' in read) return 'none';
  const [first] = read.faults;
  return `${first?.line} ${first?.path} ${first?.message}`;
}

const shop = { executable: '/usr/bin/node', unit: 'shop.service', containerId: null };
const cart = { executable: '/opt/cart', unit: null, containerId: null };

describe('readRules', () => {
  it.each(['', '# nothing yet', '{}', 'thresholds:', 'states:\nservices:\nignore:\n'])(
    'leaves all as it ships for %j',
    (text) => {
      const rules = rulesOf(text);
      expect(rules.thresholds).toEqual(DEFAULT_THRESHOLDS);
      expect(rules.states).toEqual([]);
    },
  );

  it('changes what is named and nothing beside it', () => {
    const { thresholds } = rulesOf(`
thresholds:
  leak:
    quiet: { nothing_new: 2m }
    trigger: { least: 20, most: 40 }
  host_silent: { silent: 1h30m, critical: 2h }`);
    expect(thresholds).toEqual({
      ...DEFAULT_THRESHOLDS,
      leak: {
        ...DEFAULT_THRESHOLDS.leak,
        quiet: { ...DEFAULT_THRESHOLDS.leak.quiet, nothingNewMs: 120_000 },
        trigger: { ...DEFAULT_THRESHOLDS.leak.trigger, least: 20, most: 40 },
      },
      hostSilent: { ...DEFAULT_THRESHOLDS.hostSilent, silentMs: 5_400_000, criticalMs: 7_200_000 },
    });
  });

  it('gives a service the thresholds of the first entry that names it by executable, unit or container', () => {
    const rules = rulesOf(`
thresholds: { leak: { trigger: { most: 30 } } }
services:
  - match: shop.*
    leak: { trigger: { least: 30 } }
  - match: /node|cart/
    leak: { trigger: { least: 7 } }`);
    const leastOf = (service: ServiceNames): number => rules.thresholdsOf(service).leak.trigger.least;
    expect(leastOf(shop)).toBe(30);
    expect(leastOf({ ...shop, unit: 'other.service' })).toBe(7);
    expect(leastOf(cart)).toBe(7);
    expect(leastOf({ ...shop, executable: '/bin/sh', unit: 'other.service' })).toBe(5);
    expect(rules.thresholdsOf(null)).toBe(rules.thresholds);
    expect(rules.thresholdsOf(shop).leak.trigger.most).toBe(30);
    expect(rules.thresholdsOf(shop)).toBe(rules.thresholdsOf({ ...shop }));
  });

  it('has bounds on states in any spelling, for some hosts', () => {
    const { states } = rulesOf(`
states:
  - { name: many waiting, state: CLOSE-WAIT, above: 100, for: 5m, severity: warning, hosts: "web-*" }
  - { name: half open, state: SYN_RECV, above: 0, for: 10s, severity: critical }`);
    expect(states).toEqual([
      expect.objectContaining({ name: 'many waiting', state: 'close_wait', above: 100, forMs: 300_000 }),
      { name: 'half open', state: 'syn_received', above: 0, forMs: 10_000, severity: 'critical', hosts: null },
    ]);
    expect(states[0]?.hosts?.matches('web-1')).toBe(true);
    expect(states[0]?.hosts?.matches('db-1')).toBe(false);
  });

  it('ignores what an entry names, and only where all of it fits', () => {
    const rules = rulesOf(`
ignore:
  - { rule: leak, hosts: "test-*", because: they are thrown away }
  - { service: shop.service, port: 443 }`);
    const subject = { rule: 'leak', hostname: 'web-1', service: shop, port: 80 } as const;
    expect(rules.ignores(subject)).toBe(false);
    expect(rules.ignores({ ...subject, hostname: 'test-1' })).toBe(true);
    expect(rules.ignores({ ...subject, hostname: 'test-1', rule: 'ports' })).toBe(false);
    expect(rules.ignores({ ...subject, port: 443 })).toBe(true);
    expect(rules.ignores({ ...subject, port: 443, service: null })).toBe(false);
  });

  it.each([
    // Unknown words.
    ['a: 1', '1 a is not known'],
    ['thresholds:\n  leak:\n    triggerr: 1m', '3 thresholds.leak.triggerr is not known'],
    ['thresholds:\n  leaks: {}', '2 thresholds.leaks is not known'],
    ['thresholds: { leak: { leakedAfterMs: 1 } }', '1 thresholds.leak.leakedAfterMs is not known'],
    ['states:\n - {name: a, state: CLOSED_WAIT, above: 1, for: 1m, severity: warning}', '2 states.0.state is no TCP'],
    ['states:\n - {name: a, state: 7, above: 1, for: 1m, severity: warning}', '2 states.0.state Invalid input'],
    ['states:\n - {name: a, state: LISTEN, above: 1, for: 1m, severity: bad}', '2 states.0.severity'],
    ['services:\n - match: a\n   ports: {}', '3 services.0.ports is not known'],
    ['ignore:\n - rule: lek', '2 ignore.0.rule must be one of leak, '],
    // Numbers and durations that cannot be.
    ['thresholds:\n host_silent: { silent: -5m }', '2 thresholds.host_silent.silent must be a duration above zero'],
    ['thresholds:\n host_silent: { silent: 0s }', '2 thresholds.host_silent.silent must be from 1s to 31d'],
    ['thresholds:\n host_silent: { silent: 60 }', '2 thresholds.host_silent.silent must be a duration with its unit'],
    ['thresholds:\n host_silent: { silent: .nan }', '2 thresholds.host_silent.silent must be a duration'],
    ['thresholds:\n host_silent: { silent: 999999999d }', '2 thresholds.host_silent.silent must be from 1s to 31d'],
    ['thresholds:\n leak: { trigger: { least: .nan } }', '2 thresholds.leak.trigger.least must be a number'],
    ['thresholds:\n leak: { trigger: { least: .inf } }', '2 thresholds.leak.trigger.least must be a number'],
    ['thresholds:\n leak: { trigger: { least: -1 } }', '2 thresholds.leak.trigger.least'],
    ['thresholds:\n leak: { trigger: { least: 2.5 } }', '2 thresholds.leak.trigger.least'],
    ['thresholds:\n leak: { trigger: { descriptor_share: 1.5 } }', '2 thresholds.leak.trigger.descriptor_share'],
    ['states:\n- {name: a, state: LISTEN, above: -1, for: 1m, severity: warning}', '2 states.0.above'],
    ['states:\n- {name: a, state: LISTEN, above: 1, for: -1m, severity: warning}', '2 states.0.for must be a duration'],
    // Values that cannot be together, said where they stand.
    ['thresholds:\n leak:\n  trigger: { least: 20 }', '3 thresholds.leak.trigger.least must not be above'],
    ['thresholds:\n leak:\n  leaked_after: 2m', '3 thresholds.leak.leaked_after is not known'],
    ['thresholds:\n syn_flood:\n  for: 2h', '3 thresholds.syn_flood.for must not be more than 1h'],
    ['thresholds:\n leak:\n  fast: { arrivals_for: 30m }', '3 thresholds.leak.fast.arrivals_for must be less than 30m'],
    ['thresholds:\n leak:\n  fast: { none_ended: 1h }', '3 thresholds.leak.fast.none_ended must be less than 30m'],
    ['thresholds:\n leak:\n  quiet: { nothing_new: 1h }', '3 thresholds.leak.quiet.nothing_new must be less than 30m'],
    ['thresholds:\n clock_skew:\n  samples: 1000', '3 thresholds.clock_skew.samples must not be more than 100'],
    ['states:\n- {name: a, state: LISTEN, above: 1, for: 2h, severity: warning}', '2 states.0.for must not be more'],
    ['thresholds:\n leak:\n  trend: {window: 2h}', '3 thresholds.leak.trend.window must not be more than 30m'],
    ['services:\n- match: a\n  leak:\n   trigger: { most: 1 }', '4 services.0.leak.trigger.least must not be above'],
    ['thresholds:\n ports:\n  critical: { used_share: 0.1 }', '3 thresholds.ports.critical.used_share must not be'],
    // Backtracking.
    ['services:\n- match: /(a+)+$/', '2 services.0.match repeats what repeats'],
    ['ignore:\n- hosts: /(a|aa)+/', '2 ignore.0.hosts repeats a choice'],
    ['ignore:\n- hosts: /(/', '2 ignore.0.hosts is no regular expression'],
    // Nothing, or twice the same.
    ['ignore:\n - because: I say so', '2 ignore.0 must name a rule'],
    ['thresholds: {}\nthresholds: {}', '2  Map keys must be unique'],
    [
      `states:\n${' - {name: a, state: LISTEN, above: 1, for: 1m, severity: warning}\n'.repeat(2)}`,
      '3 states.1.name is the name of another state rule',
    ],
    // No YAML, or more of it than is good.
    ['thresholds: [', '1  '],
    ['a:\n\t- b', '2  Tabs are not allowed'],
    ['--- {}\n--- {}', '2  Source contains multiple documents'],
    ['thresholds: !!js/function "1"', '1  Unresolved tag'],
    ['a: &a 1\nb: *a', '2  aliases (*name) are not taken'],
    ['[1]: 2', '1  '],
    ['- a', '1  Invalid input: expected object'],
    ['just words', '1  Invalid input: expected object'],
    ['__proto__: { a: 1 }', '1 __proto__ is not known'],
  ])('refuses %j with its line and the reason', (text, fault) => {
    expect(faultOf(text)).toEqual(expect.stringContaining(fault));
    expect(faultOf(text).startsWith(fault.slice(0, 2))).toBe(true);
  });

  it('refuses a bomb of aliases without unpacking it', () => {
    const levels = Array.from(
      { length: 30 },
      (_, level) => `a${level}: &a${level} [${`*a${level - 1},`.repeat(level ? 9 : 0)}]`,
    );
    const started = performance.now();
    expect(faultOf(levels.join('\n'))).toContain('aliases (*name) are not taken');
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it.each(['['.repeat(100_000), '{a: '.repeat(50_000), '- '.repeat(50_000)])(
    'refuses what is nested without end',
    (text) => {
      expect(faultOf(text)).not.toBe('none');
    },
  );

  it('tells all faults at once, in the order of the file', () => {
    const read = readRules('ignore: [{}]\nthresholds: { host_silent: { silent: 1, x: 2 } }\nb: 1');
    expect('faults' in read ? read.faults.map(({ line, path }) => [line, path]) : []).toEqual([
      [1, 'ignore.0'],
      [2, 'thresholds.host_silent.silent'],
      [2, 'thresholds.host_silent.x'],
      [3, 'b'],
    ]);
  });

  it('throws on no text at all', () => {
    const line = fc.constantFrom(
      'thresholds:',
      '  leak:',
      '    quiet: { nothing_new: 1m }',
      'states:',
      '- name: a',
      '  match: /a/',
    );
    const junk = fc.string({ unit: 'binary', maxLength: 40 });
    fc.assert(
      fc.property(fc.array(fc.oneof(line, junk), { maxLength: 8 }), (lines) => {
        const read = readRules(lines.join('\n'));
        expect('rules' in read || read.faults.length > 0).toBe(true);
      }),
    );
  });
});

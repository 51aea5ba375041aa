import { incident } from '../../testing/incidents.ts';
import { admits, filterOf, isNarrow, parametersOf } from './incident-filter.ts';

describe('filterOf', () => {
  it('lists what is open unless the URL says otherwise', () => {
    expect(filterOf({})).toEqual({ state: 'open', severity: null, rule: null, host: null, service: null });
  });

  it('takes what is known, and nothing else', () => {
    expect(filterOf({ state: 'all', severity: 'critical', rule: 'leak', host: 'web-1', service: 'shop' })).toEqual({
      state: 'all',
      severity: 'critical',
      rule: 'leak',
      host: 'web-1',
      service: 'shop',
    });
    expect(filterOf({ state: 'gone', severity: 'loud', rule: 'constructor', host: '' })).toEqual(filterOf({}));
  });
});

describe('parametersOf', () => {
  it('asks for what was chosen alone', () => {
    expect(parametersOf(filterOf({ rule: 'ports' }))).toEqual({ state: 'open', rule: 'ports' });
  });
});

describe('isNarrow', () => {
  it('tells a filter from a state', () => {
    expect(isNarrow(filterOf({ state: 'resolved' }))).toBe(false);
    expect(isNarrow(filterOf({ host: 'web-1' }))).toBe(true);
  });
});

describe('admits', () => {
  const open = incident({ severity: 'warning', rule: 'leak', hostname: 'web-1', service: 'shop' });

  it.each([
    [{}, true],
    [{ state: 'all' }, true],
    [{ state: 'resolved' }, false],
    [{ severity: 'critical' }, false],
    [{ rule: 'leak', severity: 'warning', host: 'web-1', service: 'shop' }, true],
    [{ host: open.hostId }, true],
    [{ host: 'web-2' }, false],
    [{ service: 'orders' }, false],
  ])('by %j: %s', (parameters, admitted) => {
    expect(admits(filterOf(parameters), open)).toBe(admitted);
  });
});

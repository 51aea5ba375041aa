import { AT, AT_MS } from '../../testing/builders.ts';
import { parametersOfView, viewOf } from './incident-view.ts';

describe('the view in the URL', () => {
  it('comes back as it was', () => {
    const view = { atMs: AT_MS, beforeMs: AT_MS - 1, pinAMs: null, pinBMs: AT_MS + 1, all: true };
    const parameters = Object.fromEntries(
      Object.entries(parametersOfView(view)).map(([name, value]) => [name, value ?? undefined]),
    );
    expect(viewOf(parameters)).toEqual(view);
  });

  it('is empty where the URL says nothing, or nonsense', () => {
    const empty = { atMs: null, beforeMs: null, pinAMs: null, pinBMs: null, all: false };
    expect(viewOf({})).toEqual(empty);
    expect(viewOf({ at: 'soon', a: '2026', all: 'yes' })).toEqual(empty);
  });

  it('says what was changed alone', () => {
    expect(parametersOfView({ atMs: AT_MS })).toEqual({ at: AT });
    expect(parametersOfView({ pinAMs: null, all: false })).toEqual({ a: null, all: null });
  });
});

import { describe, expect, it } from '@jest/globals';
import { Listeners } from './listeners.ts';

const ANY = { address: '0.0.0.0', port: 8080 };

describe('the queue a connection waits in', () => {
  it('is that of the very address, else that of a wildcard, of its port', () => {
    const listeners = new Listeners();
    listeners.add(ANY, { length: 3, limit: 128 });
    listeners.add({ address: '192.0.2.1', port: 8080 }, { length: 1, limit: 5 });
    expect(listeners.queueAt({ address: '192.0.2.1', port: 8080 })).toEqual({ length: 1, limit: 5 });
    expect(listeners.queueAt({ address: '192.0.2.9', port: 8080 })).toEqual({ length: 3, limit: 128 });
    expect(listeners.queueAt({ address: '192.0.2.1', port: 8081 })).toBeUndefined();
  });

  it('is the longest where listeners share an endpoint, in whatever order they come', () => {
    for (const lengths of [
      [0, 7, 2],
      [7, 0, 2],
    ]) {
      const listeners = new Listeners();
      for (const length of lengths) listeners.add(ANY, { length, limit: 128 });
      expect(listeners.queueAt(ANY)?.length).toBe(7);
    }
  });
});

import { describe, expect, it } from '@jest/globals';
import { type Process } from '@closewatch/protocol';
import { iso } from '../testing/push-builder.ts';
import { type ServiceRestart } from './restarts.queries.ts';
import { restartOf } from './service-restart.ts';

const AT = 1_800_000_000_000;
const [A, B, C] = ['a', 'b', 'c'].map((letter) => letter.repeat(64)) as [string, string, string];
const node = { executable: 'node', unit: null, containerId: null };

function restart(process: Partial<Process>, before: { containerId?: string } = {}, replaced = true): ServiceRestart {
  const startedAt = iso(AT + 3_600_000);
  return {
    at: iso(AT),
    kind: 'service_restarted',
    process: { pid: 11, executable: 'node', startedAt, ...process },
    before: { pid: 10, startedAt, ...before },
    replaced,
  };
}

describe('the restart of a service', () => {
  it('is the newest that was told of its program and unit, by the server’s clock', () => {
    const later = { ...restart({ unit: 'shop.service' }), at: iso(AT + 5_000) };
    const told = [later, restart({ unit: 'shop.service' }), restart({ executable: 'java' })];
    expect(restartOf({ ...node, unit: 'shop.service' }, told)).toBe(AT + 5_000);
    expect(restartOf(node, told)).toBeNull();
    expect(restartOf(null, told)).toBeNull();
    // Whoever starts it from another session.
    expect(restartOf({ ...node, unit: 'session-1.scope' }, [restart({ unit: 'session-9.scope' })])).toBe(AT);
  });

  it('is that its own container was replaced, or started again', () => {
    expect(restartOf({ ...node, containerId: A }, [restart({ containerId: B }, { containerId: A })])).toBe(AT);
    expect(restartOf({ ...node, containerId: A }, [restart({ containerId: A }, { containerId: A }, false)])).toBe(AT);
  });

  it('is not that another container was replaced', () => {
    const told = [restart({ containerId: C }, { containerId: B }), restart({ containerId: C })];
    expect(restartOf({ ...node, containerId: A }, told)).toBeNull();
    expect(restartOf(node, told)).toBeNull();
  });
});

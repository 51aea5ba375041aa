import { describe, expect, it } from '@jest/globals';
import { checkNamespaces } from './namespace-checks.ts';

function finderOf(many: number) {
  const namespace = { inode: 4026532100, tableInode: 4026532101, pids: [20], mount: undefined };
  return { find: () => Promise.resolve(Array.from({ length: many }, () => namespace)) };
}

describe('the check of other network namespaces', () => {
  it('misses nothing where there are none, whatever the agent may', async () => {
    expect(await checkNamespaces(finderOf(0), [])).toMatchObject([{ outcome: 'ok' }]);
  });

  it('misses CAP_SYS_ADMIN where there are some, and says how to grant it', async () => {
    expect(await checkNamespaces(finderOf(1), ['CAP_SYS_ADMIN'])).toMatchObject([
      { outcome: 'ok', found: "1 network namespace beside the agent's own can be entered" },
    ]);
    const [finding] = await checkNamespaces(finderOf(2), ['CAP_SYS_PTRACE']);
    expect(finding).toMatchObject({ outcome: 'reduced', found: expect.stringContaining('lacks CAP_SYS_ADMIN') });
    expect(finding?.remedies).toContain('systemd unit: AmbientCapabilities=CAP_SYS_ADMIN');
  });

  it('says why it cannot be made', async () => {
    const finder = { find: () => Promise.reject(new Error('ENOENT')) };
    expect(await checkNamespaces(finder, [])).toMatchObject([
      { outcome: 'unknown', found: 'they cannot be looked for: ENOENT' },
    ]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ProcessEvidence } from '@closewatch/protocol';
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readHostFacts } from '../host/host-facts.ts';
import { builtProgram } from '../testing/built-program.ts';
import { ownerOf } from '../testing/holding.ts';
import { ended } from '../testing/program.ts';
import { HIDDEN_WAITS } from './thread-look.ts';

const NOBODY = 65_534;

/** Why the tests cannot look as somebody else; undefined when they can. */
function obstacleToNobody(): string | undefined {
  if (process.getuid?.() !== 0) return 'looking as another user needs root';
  const { status } = spawnSync(process.execPath, ['--version'], { uid: NOBODY, gid: NOBODY });
  return status === 0 ? undefined : 'another user may not run this Node';
}

const obstacle = obstacleToNobody();
const describeAsNobody = obstacle === undefined ? describe : describe.skip;

describeAsNobody(
  `the evidence of root's process as nobody sees it${obstacle === undefined ? '' : ` (${obstacle})`}`,
  () => {
    let busy: ChildProcess;
    let told: { evidence: ProcessEvidence[]; missing: string[] };

    beforeAll(async () => {
      busy = spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' });
      if (busy.pid === undefined) throw new Error('sh did not start');
      const owner = ownerOf(busy.pid, '/proc', readHostFacts('/proc').bootedAtMs);
      const program = await builtProgram('testing/evidence-of.ts');
      // By standard input: others may not be let into the folder it is built in.
      const input = readFileSync(program.path);
      await program.remove();
      const words = ['--input-type=module', '-', JSON.stringify([owner])];
      const text = execFileSync(process.execPath, words, {
        input,
        uid: NOBODY,
        gid: NOBODY,
        cwd: '/',
        encoding: 'utf8',
      });
      told = JSON.parse(text) as typeof told;
    }, 30_000);

    afterAll(async () => {
      await ended(busy, 'SIGKILL');
    });

    it('has thread states, rates, descriptors, limit and user', () => {
      const [evidence] = told.evidence;
      expect(evidence).toMatchObject({
        uid: 0,
        threads: { total: 1, looked: 1 },
        waits: [{ state: 'R', wchan: null, syscall: null, threads: 1 }],
        descriptors: { used: expect.any(Number), limit: expect.any(Number) },
      });
      const { runMsPerSecond = 0, runQueueWaitMsPerSecond = 0 } = evidence?.cpu ?? {};
      expect(runMsPerSecond + runQueueWaitMsPerSecond).toBeGreaterThan(500);
    });

    it('lacks wchan and system call, is not watched for polling, and says which capability would show them', () => {
      expect(told.evidence[0]).toMatchObject({ polledAgoMs: null, watchedMs: 0 });
      expect(told.evidence[0]?.missing).toEqual([HIDDEN_WAITS]);
      expect(HIDDEN_WAITS).toContain('CAP_SYS_PTRACE');
      expect(told.missing).toEqual([`evidence: ${HIDDEN_WAITS}`]);
    });
  },
);

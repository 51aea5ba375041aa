import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SOURCES } from '@closewatch/protocol';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtProgram } from '../testing/built-program.ts';
import { ZOO_PROC_ROOT, zooNetstat } from '../testing/fixtures.ts';
import { LEAK_LAB } from '../testing/leak-lab.ts';
import { ZooNamespace, netstatIn, obstacleToNetstat } from '../testing/network-namespace.ts';
import { counts } from './counts.ts';

describe('closewatch-agent counts', () => {
  it('prints the lines of netstat and awk', async () => {
    const { output } = await counts({ json: false, source: 'procfs', procRoot: ZOO_PROC_ROOT });
    expect(output.trimEnd().split('\n').toSorted()).toEqual(zooNetstat());
    expect(output.endsWith('\n')).toBe(true);
  });

  it('prints one JSON object under OpenTelemetry names, LISTEN included', async () => {
    const { output } = await counts({ json: true, source: 'procfs', procRoot: ZOO_PROC_ROOT });
    expect(JSON.parse(output)).toEqual({
      takenAt: expect.stringMatching(/^\d{4}-.*Z$/),
      source: 'procfs',
      counts: expect.objectContaining({ listen: 9, established: 24, close_wait: 30, time_wait: 15, unknown: 0 }),
    });
  });
});

const obstacle = obstacleToNetstat();
const describeBesideNetstat = obstacle === undefined ? describe : describe.skip;

describeBesideNetstat(`counts beside netstat${obstacle === undefined ? '' : ` (${obstacle})`}`, () => {
  let namespace: ZooNamespace;
  let agent: Awaited<ReturnType<typeof builtProgram>>;

  beforeAll(async () => {
    agent = await builtProgram('main.ts');
    namespace = await ZooNamespace.open();
  }, 30_000);

  afterAll(async () => {
    await namespace.close();
    await agent.remove();
  });

  /** All three looks at a moment when netstat says the same before and after. */
  async function looks() {
    for (let attempt = 0; attempt < 10; attempt++) {
      const before = netstatIn(namespace);
      const [netlink = [], procfs = []] = SOURCES.map((source) =>
        namespace.run(process.execPath, agent.path, 'counts', '--source', source).trim().split('\n').toSorted(),
      );
      const netstat = netstatIn(namespace);
      if (netstat.join() === before.join()) return { netstat, netlink, procfs };
      await sleep(500);
    }
    throw new Error('the namespace did not come to rest');
  }

  it('are equal in every state, for netlink and for /proc', async () => {
    const { netstat, netlink, procfs } = await looks();
    expect(netstat.map((line) => line.split(' ')[0])).toEqual([
      'CLOSE_WAIT',
      'CLOSING',
      'ESTABLISHED',
      'FIN_WAIT1',
      'FIN_WAIT2',
      'LAST_ACK',
      'SYN_RECV',
      'SYN_SENT',
      'TIME_WAIT',
    ]);
    expect(netlink).toEqual(netstat);
    expect(procfs).toEqual(netstat);
  }, 60_000);

  it('are equal under the leak lab', async () => {
    const before = (await looks()).netstat;
    for (const scenario of ['code-leak', 'not-reading', 'time-wait']) {
      const words = [LEAK_LAB, scenario, '--count', '120', '--rate', '1000'];
      await namespace.start('ready ', process.execPath, ...words);
    }
    const { netstat, netlink, procfs } = await looks();
    expect(growth(before, netstat, 'CLOSE_WAIT')).toBe(240);
    // Loopback takes a few of the ports again (tcp_tw_reuse), so not all stay.
    expect(growth(before, netstat, 'TIME_WAIT')).toBeGreaterThan(100);
    expect(netlink).toEqual(netstat);
    expect(procfs).toEqual(netstat);
  }, 60_000);
});

function growth(before: readonly string[], after: readonly string[], state: string): number {
  const count = (lines: readonly string[]): number =>
    Number(lines.find((line) => line.startsWith(`${state} `))?.split(' ')[1] ?? 0);
  return count(after) - count(before);
}

import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { emptyTally, netstatLines, sumCounts, totalOf, type StateCounts } from './state-counts.ts';
import { TCP_STATES, TCP_STATE_FACTS } from './tcp-state.ts';

const measured = (counts: Partial<StateCounts>): StateCounts => ({ ...emptyTally(), ...counts });
const unmeasured = (counts: Partial<StateCounts>): StateCounts => ({
  ...(Object.fromEntries(TCP_STATES.map((state) => [state, null])) as Record<keyof StateCounts, null>),
  ...counts,
});

/** What `netstat -n` prints for these counts: its headings, one row a socket, no LISTEN, other families too. */
function netstatOutput(counts: StateCounts): string {
  const rows = TCP_STATES.filter((state) => state !== 'listen').flatMap((state) =>
    Array.from({ length: counts[state] ?? 0 }, (_, index) => {
      const protocol = index % 2 === 0 ? 'tcp ' : 'tcp6';
      return `${protocol}       0      0 192.0.2.1:443           198.51.100.7:${index}     ${TCP_STATE_FACTS[state].netstat}`;
    }),
  );
  return [
    'Active Internet connections (w/o servers)',
    'Proto Recv-Q Send-Q Local Address           Foreign Address         State      ',
    ...rows,
    'udp        0      0 192.0.2.1:68            192.0.2.254:67          ESTABLISHED',
    'Active UNIX domain sockets (w/o servers)',
    'unix  3      [ ]         STREAM     CONNECTED     20001    /run/systemd/journal/stdout',
    '',
  ].join('\n');
}

it("prints the lines of netstat's one-liner for whatever there is", () => {
  const anyCounts = fc.record(
    Object.fromEntries(TCP_STATES.map((state) => [state, fc.nat({ max: 40 })])),
  ) as fc.Arbitrary<StateCounts>;
  fc.assert(
    fc.property(anyCounts, (counts) => {
      const oneLiner = execFileSync('awk', ['/^tcp/ {++S[$NF]} END {for(a in S) print a, S[a]}'], {
        input: netstatOutput(counts),
        encoding: 'utf8',
      });

      expect([...netstatLines(counts)].sort()).toEqual(oneLiner.split('\n').filter(Boolean).sort());
    }),
    { numRuns: 25 },
  );
});

it('prints neither LISTEN nor states without sockets nor states that were not measured', () => {
  const counts = unmeasured({ listen: 9, established: 0, close_wait: 2, time_wait: null });

  expect(netstatLines(counts)).toEqual(['CLOSE_WAIT 2']);
});

it('starts a tally with zero in every state', () => {
  expect(Object.keys(emptyTally())).toEqual([...TCP_STATES]);
  expect(totalOf(emptyTally())).toBe(0);
});

it('gives each caller a tally of its own', () => {
  const first = emptyTally();
  first.close_wait++;

  expect(emptyTally().close_wait).toBe(0);
});

it('adds hosts state by state', () => {
  const sum = sumCounts([measured({ close_wait: 2, established: 5 }), measured({ close_wait: 3 })]);

  expect(sum).toEqual(measured({ close_wait: 5, established: 5 }));
});

it('keeps a state unmeasured when no host tells, and takes the word of those that do', () => {
  const sum = sumCounts([unmeasured({ close_wait: 1 }), unmeasured({ listen: 4 }), unmeasured({ listen: 0 })]);

  expect(sum).toEqual(unmeasured({ close_wait: 1, listen: 4 }));
});

it('knows nothing of no hosts', () => {
  expect(sumCounts([])).toEqual(unmeasured({}));
});

it('counts what was measured', () => {
  expect(totalOf(unmeasured({ listen: 1, close_wait: 2, time_wait: 3 }))).toBe(6);
});

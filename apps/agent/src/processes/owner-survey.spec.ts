import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeProc } from '../testing/fake-proc.ts';
import { DescriptorKinds, kindOf } from './descriptor-kinds.ts';
import { OwnerSurvey } from './owner-survey.ts';
import { ProcessTable } from './process-table.ts';

let proc: FakeProc;
let kinds: DescriptorKinds;

beforeEach(() => {
  proc = new FakeProc();
  kinds = new DescriptorKinds();
});

afterEach(() => proc.remove());

function surveyOf(mostOwners: number, ...inodes: number[]): OwnerSurvey {
  return new OwnerSurvey(
    new ProcessTable(proc.root, 0),
    new Map(inodes.map((inode) => [inode, []])),
    mostOwners,
    kinds,
  );
}

function descriptorsOf(survey: OwnerSurvey, inode: number): string[] | undefined {
  return survey.found.get(inode)?.map(({ pid, descriptor }) => `${pid}/${descriptor}`);
}

describe('a survey of owners', () => {
  it('finds all who hold each of the sockets, and nobody for one that nobody holds', async () => {
    proc.begin(20, { 3: 'socket:[77]', 4: 'socket:[5]', 5: '/dev/null' });
    proc.begin(21, { 3: 'socket:[78]', 4: 'socket:[77]' });
    const survey = surveyOf(64, 77, 78, 79);
    expect(await survey.advance(1_000)).toBe(true);
    expect(descriptorsOf(survey, 77)).toEqual(['20/3', '21/4']);
    expect(descriptorsOf(survey, 78)).toEqual(['21/3']);
    expect([...survey.found.keys()].toSorted()).toEqual([77, 78]);
  });

  it('goes only as far as it is told, and on from there, in the middle of a process too', async () => {
    const links = Array.from({ length: 100 }, (_, index) => [index, `socket:[${1_000 + index}]`]);
    proc.begin(20, Object.fromEntries(links) as Record<number, string>);
    const survey = surveyOf(64, ...Array.from({ length: 100 }, (_, index) => 1_000 + index));
    const found: number[] = [];
    while (!(await survey.advance(30))) found.push(survey.found.size);
    expect(found).toEqual([29, 59, 89]);
    expect(survey.found.size).toBe(100);
  });

  it('passes over processes that vanish on the way', async () => {
    proc.begin(20, { 3: 'socket:[77]' });
    proc.begin(21, { 3: 'socket:[77]' });
    const survey = surveyOf(64, 77);
    await survey.advance(1);
    proc.exit(20);
    proc.exit(21);
    expect(await survey.advance(1_000)).toBe(true);
    expect(survey.found.size).toBe(0);
  });

  it('lists no more owners than the server takes', async () => {
    for (let pid = 20; pid < 30; pid++) proc.begin(pid, { 3: 'socket:[77]' });
    const survey = surveyOf(4, 77);
    await survey.advance(1_000);
    expect(descriptorsOf(survey, 77)).toHaveLength(4);
  });

  it('counts what the descriptors of owners are open on, and forgets those who own none any more', async () => {
    const links = ['socket:[77]', 'socket:[5]', 'pipe:[9]', '/var/log/app.log', '/dev/null', 'anon_inode:[eventpoll]'];
    proc.begin(20, Object.fromEntries(links.map((link, index) => [index, link])));
    proc.begin(21, { 3: 'socket:[6]' });
    const survey = surveyOf(64, 77);
    await survey.advance(1_000);
    const [owner] = survey.found.get(77) ?? [];
    const process = { pid: 20, startedAt: owner?.startedAt ?? '' };
    expect(kinds.of(process)).toEqual({ sockets: 2, files: 1, pipes: 1, other: 2 });
    expect(kinds.of({ ...process, startedAt: '2026-11-22T00:00:00.000Z' })).toBeUndefined();
    expect(kinds.of({ ...process, pid: 21 })).toBeUndefined();
    proc.exit(20);
    await surveyOf(64, 77).advance(1_000);
    expect(kinds.of(process)).toBeUndefined();
  });
});

describe('what a descriptor is open on', () => {
  it.each([
    ['socket:[1]', 'sockets'],
    ['pipe:[1]', 'pipes'],
    ['/etc/hosts', 'files'],
    ['/tmp/gone (deleted)', 'files'],
    ['/dev/pts/0', 'other'],
    ['/memfd:buffer (deleted)', 'other'],
    ['anon_inode:[timerfd]', 'other'],
    ['net:[4026531840]', 'other'],
  ] as const)('%s: %s', (link, kind) => {
    expect(kindOf(link)).toBe(kind);
  });
});

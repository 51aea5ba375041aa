import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeProc } from '../testing/fake-proc.ts';
import { OwnerSurvey } from './owner-survey.ts';
import { ProcessTable } from './process-table.ts';

let proc: FakeProc;

beforeEach(() => {
  proc = new FakeProc();
});

afterEach(() => proc.remove());

function surveyOf(mostOwners: number, ...inodes: number[]): OwnerSurvey {
  return new OwnerSurvey(new ProcessTable(proc.root, 0), new Map(inodes.map((inode) => [inode, []])), mostOwners);
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
});

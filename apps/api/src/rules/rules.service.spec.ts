import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { readConfiguration } from '../config/configuration.ts';
import { Clock } from '../time/clock.ts';
import { RulesService } from './rules.service.ts';

const LEAST_20 = 'thresholds: { leak: { trigger: { least: 20, most: 20 } } }';
const LEAST_30 = LEAST_20.replaceAll('20', '30');

let folder: string;
let file: string;
const services: RulesService[] = [];

beforeAll(() => void Logger.overrideLogger(false));
afterAll(() => void Logger.overrideLogger(['log', 'warn', 'error']));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'closewatch-rules-'));
  file = join(folder, 'rules.yaml');
});

afterEach(async () => {
  for (const service of services.splice(0)) await service.onModuleDestroy();
  await rm(folder, { recursive: true });
});

async function started(): Promise<RulesService> {
  const service = new RulesService(readConfiguration({ CLOSEWATCH_RULES: file }), new Clock());
  services.push(service);
  await service.onModuleInit();
  return service;
}

const least = (service: RulesService): number => service.current().thresholds.leak.trigger.least;

describe('RulesService', () => {
  it('has what ships where there is no file', async () => {
    const service = new RulesService(readConfiguration({}), new Clock());
    await service.onModuleInit();
    expect(least(service)).toBe(5);
    expect(service.state()).toMatchObject({ file: null, faults: [] });
  });

  it('puts a changed file in force by itself, and tells of it', async () => {
    await writeFile(file, LEAST_20);
    const service = await started();
    expect(least(service)).toBe(20);
    const told = new Promise((resolve) => service.onChange((rules) => resolve(rules.thresholds.leak.trigger.least)));
    await writeFile(file, LEAST_30);
    expect(await told).toBe(30);
  });

  it('sees a file that takes the place of another, as config maps do it', async () => {
    await writeFile(file, LEAST_20);
    const service = await started();
    await writeFile(join(folder, 'new'), LEAST_30);
    await rename(join(folder, 'new'), file);
    await service.look();
    expect(least(service)).toBe(30);
  });

  it('keeps the rules before in force when the file goes bad, says where and why, and takes it again when mended', async () => {
    await writeFile(file, LEAST_20);
    const service = await started();
    await writeFile(
      file,
      `${LEAST_30}\nstates: [{ name: a, state: NOT_A_STATE, above: 1, for: 1m, severity: warning }]`,
    );
    await service.look();
    expect(least(service)).toBe(20);
    expect(service.state().faults).toEqual([expect.objectContaining({ line: 2, path: 'states.0.state' })]);
    await writeFile(file, LEAST_30);
    await service.look();
    expect(least(service)).toBe(30);
    expect(service.state().faults).toEqual([]);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['is gone', () => rm(file), 'cannot be read (ENOENT)'],
    ['is 10 MB', () => writeFile(file, '#'.repeat(10_000_000)), 'has more than 256 KiB'],
    ['is no text', () => writeFile(file, Buffer.from([0xff, 0xfe, 0x00])), 'is not written in UTF-8'],
  ])('keeps them when the file %s', async (_case, spoil, message) => {
    await writeFile(file, LEAST_20);
    const service = await started();
    await spoil();
    await service.look();
    expect(least(service)).toBe(20);
    expect(service.state().faults).toEqual([{ line: 0, column: 0, path: '', message }]);
  });

  it('refuses to start with a file that is refused: there is nothing to go on with', async () => {
    await writeFile(file, 'thresholds:\n  host_silent:\n    silent: -5m\n');
    await expect(started()).rejects.toThrow(
      `CLOSEWATCH_RULES ${file}:3:13: thresholds.host_silent.silent must be a duration above zero`,
    );
    file = folder;
    await expect(started()).rejects.toThrow('is no file');
  });
});

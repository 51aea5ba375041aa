import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const NAME = 'demo-filled.json';

/** Up to when the past of a fleet is in the database; without a gap, as long as this file is believed. */
export interface FilledPast {
  readonly seed: number;
  readonly hosts: number;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** What an earlier demonstration in this folder has left; undefined: nothing, or of another fleet. */
export function readFilled(dataFolder: string, seed: number, hosts: number): FilledPast | undefined {
  try {
    const filled = JSON.parse(readFileSync(join(dataFolder, NAME), 'utf8')) as FilledPast;
    return filled.seed === seed && filled.hosts >= hosts && filled.untilMs <= Date.now() ? filled : undefined;
  } catch {
    return undefined;
  }
}

export function writeFilled(dataFolder: string, filled: FilledPast): void {
  const path = join(dataFolder, NAME);
  writeFileSync(`${path}.draft`, `${JSON.stringify(filled)}\n`);
  renameSync(`${path}.draft`, path);
}

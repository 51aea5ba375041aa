#!/usr/bin/env node
/**
 * The benchmarks: `npm run bench -- NAME`. Each prints a table, writes dist/bench/NAME.json and fails (exit code 1) when
 * one of its budgets is missed; 2 for a command line that makes no sense, 3 when this machine cannot run it.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { agentBench } from './agent/agent-bench.ts';
import { historyBench } from './history/history-bench.ts';
import { ingestBench } from './ingest/ingest-bench.ts';
import { memoryBench } from './memory/memory-bench.ts';
import { storageBench } from './storage/storage-bench.ts';
import { verdictsBench } from './verdicts/verdicts-bench.ts';
import { CannotRun, type Bench } from './bench.ts';
import { figuresAsText, missedIn } from './figures.ts';

const BENCHES: readonly Bench[] = [agentBench, ingestBench, memoryBench, historyBench, storageBench, verdictsBench];
const FAULTY_USE = 2;
const CANNOT_RUN = 3;

const [name, ...words] = process.argv.slice(2);
const bench = BENCHES.find((known) => known.name === name);
if (bench === undefined) {
  const list = BENCHES.map(({ name, summary }) => `  ${name.padEnd(10)} ${summary}`).join('\n');
  console.error(`Usage: npm run bench -- NAME\n\n${list}`);
  process.exitCode = FAULTY_USE;
} else {
  process.exitCode = await run(bench, words);
}

async function run(bench: Bench, words: readonly string[]): Promise<number> {
  try {
    const { figures, skipped, report } = await bench.run(words);
    const machine = { kernel: release(), cpus: cpus().length, memoryBytes: totalmem(), node: process.version };
    const folder = resolve(import.meta.dirname, '../../dist/bench');
    mkdirSync(folder, { recursive: true });
    const result = { bench: bench.name, measuredAt: new Date().toISOString(), machine, figures, skipped, report };
    writeFileSync(join(folder, `${bench.name}.json`), `${JSON.stringify(result, null, 2)}\n`);
    if (report !== undefined) console.log(`${report}\n`);
    console.log(figuresAsText(figures));
    for (const { what, why } of skipped) console.log(`skipped: ${what}: ${why}`);
    const missed = missedIn(figures);
    for (const { name } of missed) console.log(`budget missed: ${name}`);
    return missed.length === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof CannotRun)) throw error;
    console.error(`bench ${bench.name}: ${error.message}`);
    return CANNOT_RUN;
  }
}

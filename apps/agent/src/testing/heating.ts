import { setTimeout as sleep } from 'node:timers/promises';
import { runInThisContext } from 'node:vm';
import { spareEngine } from '../sparing-engine.ts';

/**
 * A program for tests: tells the engine of each number of leaks it is given, then calls a function often, and prints
 * whether V8 has compiled it with TurboFan by then. Takes --allow-natives-syntax.
 */
for (const leaks of process.argv.slice(2)) spareEngine(Number(leaks));

// Only with the flag can this be parsed, so it is a text. One bit of V8's OptimizationStatus (src/runtime/runtime.h).
const TURBOFAN = 1 << 6;
const statusOf = runInThisContext('(work) => %GetOptimizationStatus(work)') as (work: unknown) => number;
/** Enough for it where V8 is left alone (3,000), too few where it spares itself (15,000). */
const CALLS = 12_000;
const PATIENCE = 100;

const numbers = Array.from({ length: 20 }, (_, index) => index);

function sum(): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}

function isCompiled(): boolean {
  sum();
  return (statusOf(sum) & TURBOFAN) !== 0;
}

for (let i = 0; i < CALLS; i++) sum();
// It is compiled on another thread, and taken over at a call.
let compiled = isCompiled();
for (let i = 0; i < PATIENCE && !compiled; i++) {
  await sleep(5);
  compiled = isCompiled();
}
process.stdout.write(String(compiled));

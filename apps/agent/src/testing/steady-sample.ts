import { openLooks } from '../commands/looks.ts';

/**
 * A program for the benchmark: samples the network namespace it is started in as often as its argument says, one sample
 * after the other as the tools are run that it is compared with, and says what CPU one took. Every leak is tracked and
 * its owner known before it measures.
 */
const WARM_UP = 4;
const samples = Number(process.argv[2]);
const looks = await openLooks({ procRoot: '/proc', source: undefined, intervalMs: 5_000 });
for (let i = 0; i < WARM_UP; i++) await looks.next();
const before = process.cpuUsage();
let closeWait = 0;
for (let i = 0; i < samples; i++) closeWait = (await looks.next()).counts.close_wait ?? 0;
const { user, system } = process.cpuUsage(before);
looks.close();
process.stdout.write(JSON.stringify({ closeWait, cpuMs: (user + system) / 1000 / samples }));

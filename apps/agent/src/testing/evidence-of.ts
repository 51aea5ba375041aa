import { type Owner } from '@closewatch/protocol';
import { setTimeout as sleep } from 'node:timers/promises';
import { EvidenceCollector } from '../evidence/evidence-collector.ts';
import { readHostFacts } from '../host/host-facts.ts';
import { sampledWith } from './holding.ts';

/**
 * A program for tests: prints the evidence of owners that are told in JSON, as whoever runs it sees it, of two looks a
 * moment apart.
 */
const owners = JSON.parse(process.argv.at(-1) ?? '[]') as Owner[];
const sampled = sampledWith(...owners.map((owner) => ({ owners: [owner] })));
const collector = new EvidenceCollector({
  procRoot: '/proc',
  ...readHostFacts('/proc'),
  architecture: process.arch,
  now: () => performance.now(),
});
await collector.collect(sampled);
await sleep(300);
const { evidence } = await collector.collect(sampled);
process.stdout.write(`${JSON.stringify({ evidence, missing: collector.missing })}\n`);

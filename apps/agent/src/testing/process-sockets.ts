import { ProcessSocketsCollector } from '../process-sockets/process-sockets-collector.ts';
import { NetlinkSource } from '../sockets/netlink.ts';
import { ProcfsSource } from '../sockets/procfs.ts';

/** A program for tests: prints who holds sockets in the network namespace it is started in, by each source. */
for (const source of [new NetlinkSource('/proc'), new ProcfsSource('/proc')]) {
  const collector = new ProcessSocketsCollector({ procRoot: '/proc', bootedAtMs: 0 });
  collector.rollFor(0);
  await source.read(collector.rollFor(1));
  const { processes } = await collector.collect({ startedAt: 1, takenAt: 2, tracker: { open: () => [] } });
  process.stdout.write(`${JSON.stringify({ processes, missing: collector.missing })}\n`);
  source.close();
}

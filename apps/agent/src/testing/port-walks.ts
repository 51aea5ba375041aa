import { PortsCollector } from '../ports/ports-collector.ts';
import { NetlinkSource } from '../sockets/netlink.ts';
import { ProcfsSource } from '../sockets/procfs.ts';

/** A program for tests: prints what the ports collector tells in the network namespace it is started in, by each source. */
for (const source of [new NetlinkSource('/proc'), new ProcfsSource('/proc')]) {
  const collector = new PortsCollector({ procRoot: '/proc' });
  const table = await source.read();
  const { ports, finWaits } = await collector.collect({ takenAt: 0, table });
  process.stdout.write(`${JSON.stringify({ ports, finWaits, missing: collector.missing })}\n`);
  collector.close();
  source.close();
}

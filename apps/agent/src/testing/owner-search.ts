import { readHostFacts } from '../host/host-facts.ts';
import { OwnerFinder } from '../processes/owner-finder.ts';
import { NetlinkSource } from '../sockets/netlink.ts';

/** A program for the benchmark: finds the owners of every CLOSE_WAIT socket around it, all new to it, and says what CPU that took. */
const source = new NetlinkSource('/proc');
const { closeWait } = await source.read();
const finder = new OwnerFinder('/proc', readHostFacts('/proc').bootedAtMs);
const before = process.cpuUsage();
const owners = await finder.find([...closeWait]);
const { user, system } = process.cpuUsage(before);
source.close();
const found = [...owners.values()].filter(({ ownership }) => ownership === 'known').length;
process.stdout.write(JSON.stringify({ sockets: closeWait.length, found, cpuMs: (user + system) / 1000 }));

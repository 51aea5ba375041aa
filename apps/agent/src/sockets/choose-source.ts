import { type Source } from '@closewatch/protocol';
import { messageOf } from '../errors.ts';
import { FallingBackSource } from './falling-back-source.ts';
import { ProcfsSource } from './procfs.ts';
import { type SocketSource } from './socket-table.ts';

/**
 * Netlink, and /proc where it does not work; or the one that is `forced`, whether it works or not. The FFI is loaded
 * on demand, so that a machine it was not built for still has /proc. `procRoot` is usually /proc.
 */
export async function chooseSource(procRoot: string, forced?: Source): Promise<SocketSource> {
  const procfs = new ProcfsSource(procRoot);
  if (forced === 'procfs') return procfs;
  let netlink: SocketSource;
  try {
    const { NetlinkSource } = await import('./netlink.ts');
    netlink = new NetlinkSource(procRoot);
  } catch (error) {
    if (forced === 'netlink') throw error;
    netlink = unusable(`netlink: ${messageOf(error)}`);
  }
  return forced === 'netlink' ? netlink : new FallingBackSource(netlink, procfs);
}

function unusable(why: string): SocketSource {
  return {
    name: 'netlink',
    read: () => Promise.reject(new Error(why)),
    ages: () => undefined,
    close: () => undefined,
  };
}

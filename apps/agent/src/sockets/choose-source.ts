import { type Source } from '@closewatch/protocol';
import { messageOf } from '../errors.ts';
import { ProcfsSource } from './procfs.ts';
import { type SocketSource } from './socket-table.ts';

/** The source to use, and why it is not the better one. */
export interface ChosenSource {
  readonly source: SocketSource;
  readonly missing: readonly string[];
}

/**
 * Netlink where the kernel answers it, else /proc; or the one that is `forced`, whether it works or not. The FFI is
 * loaded on demand, so that a machine it was not built for still has /proc.
 */
export async function chooseSource(procRoot: string, forced?: Source): Promise<ChosenSource> {
  if (forced === 'procfs') return { source: new ProcfsSource(procRoot), missing: [] };
  let netlink: SocketSource | undefined;
  try {
    const { NetlinkSource } = await import('./netlink.ts');
    netlink = new NetlinkSource(procRoot);
    if (forced === undefined) await netlink.read();
    return { source: netlink, missing: [] };
  } catch (error) {
    if (forced !== undefined) throw error;
    netlink?.close();
    return { source: new ProcfsSource(procRoot), missing: [`${messageOf(error)}; reading /proc/net/tcp instead`] };
  }
}

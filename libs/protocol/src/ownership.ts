/**
 * What is known of the owners: `known` (listed), `not_accepted` (inode 0: it waits in the listener's backlog and has
 * none yet), `hidden` (the agent may not look into other users' processes), `none` (looked everywhere, nobody: it is the
 * kernel's own, an io_uring fixed file, or a descriptor in flight).
 */
export const OWNERSHIPS = ['known', 'not_accepted', 'hidden', 'none'] as const;

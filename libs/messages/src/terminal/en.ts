import { type Words } from '../language.ts';

/** What the agent tells the person at its terminal about the leaks of this host. */
export const EN: Words = {
  'leaks.none': 'No connection is in CLOSE_WAIT.',
  'leaks.summary': '[{total} ]in CLOSE_WAIT, {aged} of them for {minAgeSeconds} or longer',
  'leaks.more': '{count|group|groups} more: --json tells why of each',
  'leaks.orphaned': '{count} orphaned: gone from the kernel’s tables, the descriptor is still open',
  'leaks.descriptor': '{executable} ({pid}) descriptor {descriptor}',
  'leaks.threads': '{threads|thread|threads}: {doing}',
  'leaks.threads_unread': '{threads|thread|threads}: not to be read',
  'leaks.cpu': 'CPU {runMsPerSecond} ms/s running, {waitMsPerSecond} ms/s waiting for one',
  'leaks.throttled': 'throttled {throttledMsPerSecond} ms/s',
  'leaks.descriptors': 'descriptors {used} of {limit}',
  'leaks.descriptors_unlimited': 'descriptors {used}, unlimited',
};

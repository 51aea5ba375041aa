import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { isForbidden, messageOf } from '../errors.ts';
import { textOrNothing } from '../file-text.ts';
import { capabilitiesIn } from '../host/capabilities.ts';
import { waysToGrant } from './capability-remedies.ts';
import { type Finding } from './check.ts';

/** The capabilities by which other users' descriptors can be listed and followed. */
const FOR_OWNERS = ['CAP_DAC_READ_SEARCH', 'CAP_SYS_PTRACE'] as const;
/** Inode of the first pid namespace (include/linux/proc_ns.h, PROC_PID_INIT_INO). */
const FIRST_PID_NAMESPACE = 'pid:[4026531836]';

/** Whether the processes behind sockets can be seen. `procRoot` is usually /proc. */
export function checkProcesses(procRoot: string): Finding[] {
  return [checkOwners(procRoot), checkHidepid(procRoot), checkPidNamespace(procRoot), checkSchedstat(procRoot)];
}

function checkOwners(procRoot: string): Finding {
  const { held } = capabilitiesIn(textOrNothing(join(procRoot, 'self/status')));
  const lacking = FOR_OWNERS.filter((name) => !held.includes(name));
  const { seen, hidden } = countSearchable(procRoot);
  if (hidden === 0) {
    const how = lacking.length === 0 ? held.join(' and ') : 'no process of another user can be seen';
    return { subject: 'Owners', outcome: 'ok', found: `the descriptors of all ${seen} processes can be read (${how})` };
  }
  const costs = 'their sockets are shown without a process, and whether a vanished one is orphaned stays unknown';
  const found = `the descriptors of ${hidden} of ${seen + hidden} processes cannot be read`;
  if (lacking.length === 0) {
    return {
      subject: 'Owners',
      outcome: 'reduced',
      found: `${found}, although the agent holds ${held.join(' and ')}`,
      costs,
      remedies: ['look for a security module (AppArmor, SELinux, Yama) or a user namespace that keeps the agent out'],
    };
  }
  return {
    subject: 'Owners',
    outcome: 'reduced',
    found: `${found}: the agent lacks ${lacking.join(' and ')}`,
    costs,
    remedies: waysToGrant(lacking),
  };
}

function countSearchable(procRoot: string): { seen: number; hidden: number } {
  let seen = 0;
  let hidden = 0;
  for (const pid of readdirSync(procRoot).filter((name) => /^\d+$/.test(name))) {
    try {
      const folder = join(procRoot, pid, 'fd');
      const [first] = readdirSync(folder);
      if (first !== undefined) readlinkSync(join(folder, first));
      seen++;
    } catch (error) {
      if (isForbidden(error)) hidden++;
    }
  }
  return { seen, hidden };
}

function checkHidepid(procRoot: string): Finding {
  const mounts = textOrNothing(join(procRoot, 'self/mounts')).split('\n');
  const options = mounts.map((line) => line.split(' ')).findLast(([, where]) => where === '/proc')?.[3] ?? '';
  const hidepid = /(?:^|,)hidepid=([^,]+)/.exec(options)?.[1] ?? '0';
  if (hidepid === '0' || hidepid === 'off') {
    return { subject: 'hidepid', outcome: 'ok', found: '/proc shows the processes of all users' };
  }
  const capable = capabilitiesIn(textOrNothing(join(procRoot, 'self/status'))).held.includes('CAP_SYS_PTRACE');
  return {
    subject: 'hidepid',
    outcome: capable ? 'ok' : 'reduced',
    found: `/proc is mounted with hidepid=${hidepid}${capable ? ', which CAP_SYS_PTRACE sees through' : ''}`,
    ...(capable
      ? {}
      : {
          costs: 'processes of other users do not exist for the agent',
          remedies: [
            ...waysToGrant(['CAP_SYS_PTRACE']),
            'or mount /proc with gid=GROUP and add that group: systemd SupplementaryGroups=GROUP',
          ],
        }),
  };
}

function checkPidNamespace(procRoot: string): Finding {
  try {
    const first = readlinkSync(join(procRoot, 'self/ns/pid')) === FIRST_PID_NAMESPACE;
    if (first) return { subject: 'Process ids', outcome: 'ok', found: "the agent sees the host's processes" };
    return {
      subject: 'Process ids',
      outcome: 'unknown',
      found: 'the agent runs in a pid namespace of its own: it sees the processes in it and none outside',
      costs: 'where that is a container, sockets of the host and of other containers are shown without a process',
      remedies: ['container: --pid host', 'on a machine that itself is a container nothing is to be done'],
    };
  } catch (error) {
    return { subject: 'Process ids', outcome: 'unknown', found: messageOf(error) };
  }
}

function checkSchedstat(procRoot: string): Finding {
  const text = textOrNothing(join(procRoot, 'self/schedstat'));
  if (/^\d+ \d+ \d+/.test(text)) {
    return {
      subject: 'CPU evidence',
      outcome: 'ok',
      found: 'the kernel tells run time and run-queue wait of each thread',
    };
  }
  return {
    subject: 'CPU evidence',
    outcome: 'reduced',
    found: '/proc/PID/schedstat does not tell run time and run-queue wait',
    costs: 'a process that is busy or starved of CPU cannot be told from one that sleeps',
    remedies: ['a kernel with CONFIG_SCHED_INFO'],
  };
}

import { cgroupMountsIn, cpuCgroupIn, folderOf, upwardsFrom } from '../../../apps/agent/src/evidence/cgroup-mounts.ts';
import { isQuota, throttledIn } from '../../../apps/agent/src/evidence/cgroup-cpu.ts';
import { descriptorLimitIn } from '../../../apps/agent/src/evidence/descriptor-use.ts';
import { stallIn } from '../../../apps/agent/src/evidence/pressure-stall.ts';
import { effectiveUidIn } from '../../../apps/agent/src/evidence/process-watch.ts';
import { syscallIn, syscallNamesOf } from '../../../apps/agent/src/evidence/syscall-names.ts';
import { scheduleIn, wchanIn } from '../../../apps/agent/src/evidence/thread-look.ts';
import { placementIn } from '../../../apps/agent/src/processes/cgroup.ts';
import { kindOf } from '../../../apps/agent/src/processes/descriptor-kinds.ts';
import { socketIn } from '../../../apps/agent/src/processes/process-table.ts';
import { maskedCommand } from '../../../apps/agent/src/processes/secrets.ts';
import { taskStatIn } from '../../../apps/agent/src/processes/task-stat.ts';
import { evidenceFixture } from '../../../apps/agent/src/testing/fixtures.ts';
import { type FuzzedParser, textParser } from '../fuzzed-parser.ts';

const EVIDENCE = 'apps/agent/src/evidence';
const PROCESSES = 'apps/agent/src/processes';

const STATS = [
  '4242 (java) S 1 4242 4242 0 -1 4194560 94403 0 12 0 4870 1233 0 0 20 0 47 0 81234 4898844672 61422 18446744073709551615 1 1 0 0 0 0 0 4096 16796879 0 0 0 17 1 0 0 0 0 0\n',
  '7 (a (b) c) d) R 2 0 0 0 -1 69238880 0 0 0 0 0 12 0 0 20 0 1 0 9 0 0\n',
];
const STATUS =
  'Name:\tnode\nUmask:\t0022\nState:\tS (sleeping)\nPid:\t812\nUid:\t1000\t1001\t1000\t1000\nCapEff:\t000001ffffffffff\n';
const LIMITS =
  'Limit                     Soft Limit           Hard Limit           Units     \nMax cpu time              unlimited            unlimited            seconds   \nMax open files            1024                 524288               files     \n';
const DESCRIPTORS = ['socket:[4711]', 'pipe:[12]', 'anon_inode:[eventpoll]', '/var/log/app.log (deleted)', '/dev/null'];
const CGROUPS = ['cgroup', 'docker-cgroup', 'namespace-cgroup-inner', 'namespace-cgroup-outer'].map(evidenceFixture);
const MOUNTS = ['mountinfo', 'docker-mountinfo', 'namespace-mountinfo'].map(evidenceFixture);
const nameOf = syscallNamesOf('x64');

const cgroupFolders: FuzzedParser = {
  name: 'cgroup-folders',
  covers: ['cgroupMountsIn', 'cpuCgroupIn', 'folderOf', 'upwardsFrom'].map(
    (name) => `${EVIDENCE}/cgroup-mounts.ts#${name}`,
  ),
  // Both texts in one input, parted as they never are.
  samples: () => CGROUPS.flatMap((cgroup) => MOUNTS.map((mounts) => Buffer.from(`${cgroup}\x1e${mounts}`))),
  run: (input) => {
    const [cgroup = '', mountinfo = ''] = input.toString('utf8').split('\x1e');
    const mounts = cgroupMountsIn(mountinfo);
    const group = cpuCgroupIn(cgroup);
    const folder = group === undefined ? undefined : folderOf(group, mounts);
    return { mounts, group, folder, above: folder === undefined ? [] : upwardsFrom(folder) };
  },
};

export const PROCESS_TEXTS: readonly FuzzedParser[] = [
  textParser('task-stat', `${PROCESSES}/task-stat.ts`, { taskStatIn }, STATS),
  textParser('schedstat', `${EVIDENCE}/thread-look.ts`, { scheduleIn, wchanIn }, [
    '8123456789 91234567 4711\n',
    '0 0 0\n',
    'do_epoll_wait.constprop.0',
    'futex_wait_queue',
    '0',
  ]),
  textParser('syscall', `${EVIDENCE}/syscall-names.ts`, { syscallIn: (text) => syscallIn(text, nameOf) }, [
    '202 0x7f2c 0x189 0x0 0x0 0x0 0xffffffff 0x7ffc9a8b 0x7f2c40a1\n',
    'running\n',
    '-1 0x7ffd2000 0x7f1234\n',
  ]),
  textParser('status-uid', `${EVIDENCE}/process-watch.ts`, { effectiveUidIn }, [STATUS]),
  textParser('descriptor-kind', `${PROCESSES}/descriptor-kinds.ts`, { kindOf }, DESCRIPTORS),
  textParser('descriptor-socket', `${PROCESSES}/process-table.ts`, { socketIn }, DESCRIPTORS),
  textParser('limits', `${EVIDENCE}/descriptor-use.ts`, { descriptorLimitIn }, [LIMITS]),
  textParser('cgroup-placement', `${PROCESSES}/cgroup.ts`, { placementIn }, CGROUPS),
  cgroupFolders,
  textParser(
    'cpu-stat',
    `${EVIDENCE}/cgroup-cpu.ts`,
    { throttledIn: (text) => [throttledIn(text, 1), throttledIn(text, 2)], isQuota },
    [evidenceFixture('v1-cpu.stat'), evidenceFixture('v2-cpu.stat'), 'max 100000\n', '20000 100000\n', '-1\n'],
  ),
  textParser('pressure', `${EVIDENCE}/pressure-stall.ts`, { stallIn }, [
    'some avg10=1.53 avg60=0.87 avg300=0.33 total=12345678\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n',
  ]),
  textParser(
    'command-line',
    `${PROCESSES}/secrets.ts`,
    { maskedCommand: (text) => maskedCommand(text.split('\0')) },
    [
      'java\0-jar\0orders.jar\0--password=hunter2\0',
      'psql\0postgres://me:secret@db/x\0',
      'curl\0-H\0Authorization: Bearer abc.def\0--token\0xyz\0',
    ],
    { fault: (value, input) => (String(value).length <= 4 * input.length + 64 ? undefined : 'grew out of proportion') },
  ),
];

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PLAIN } from '../terminal/paint.ts';
import { worstOf, type Finding } from './check.ts';
import { checkLimits } from './limit-checks.ts';
import { checkProcesses } from './process-checks.ts';
import { reportText } from './report.ts';

const ALL_CAPABILITIES = 'CapEff:\t000001ffffffffff\n';
const NO_CAPABILITIES = 'CapEff:\t0000000000000000\n';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'closewatch-doctor-'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** A /proc as `capabilities` and mount options have it. */
function fakeProc(capabilities: string, options = 'rw,nosuid'): string {
  write('self/status', `Name:\tnode\n${capabilities}`);
  write('self/mounts', `sysfs /sys sysfs rw 0 0\nproc /proc proc ${options} 0 0\n`);
  write('self/schedstat', '123 45 6\n');
  mkdirSync(join(root, 'self/ns'), { recursive: true });
  symlinkSync('pid:[4026531836]', join(root, 'self/ns/pid'));
  mkdirSync(join(root, '7/fd'), { recursive: true });
  return root;
}

const of = (findings: readonly Finding[], subject: string) => findings.find((finding) => finding.subject === subject);

describe('the checks of processes', () => {
  it('find nothing wrong where all can be seen', () => {
    expect(worstOf(checkProcesses(fakeProc(ALL_CAPABILITIES)))).toBe('ok');
  });

  it.each(['hidepid=2', 'hidepid=invisible', 'hidepid=1', 'hidepid=ptraceable'])(
    'see %s in the mount options',
    (option) => {
      const finding = of(checkProcesses(fakeProc(NO_CAPABILITIES, `rw,${option}`)), 'hidepid');

      expect(finding).toMatchObject({ outcome: 'reduced', found: `/proc is mounted with ${option}` });
      expect(finding?.remedies?.[0]).toBe('systemd unit: AmbientCapabilities=CAP_SYS_PTRACE');
    },
  );

  it('know that CAP_SYS_PTRACE sees through hidepid', () => {
    expect(of(checkProcesses(fakeProc(ALL_CAPABILITIES, 'rw,hidepid=2')), 'hidepid')).toMatchObject({ outcome: 'ok' });
  });

  it('see a pid namespace of their own', () => {
    fakeProc(ALL_CAPABILITIES);
    rmSync(join(root, 'self/ns/pid'));
    symlinkSync('pid:[4026532999]', join(root, 'self/ns/pid'));

    expect(of(checkProcesses(root), 'Process ids')).toMatchObject({ outcome: 'unknown' });
  });

  it('miss schedstat where the kernel has none', () => {
    fakeProc(ALL_CAPABILITIES);
    rmSync(join(root, 'self/schedstat'));

    expect(of(checkProcesses(root), 'CPU evidence')).toMatchObject({ outcome: 'reduced' });
  });
});

describe('the checks of limits', () => {
  const limits = (memory: string, cpu: string, above = { memory: 'max', cpu: 'max 100000' }) => {
    write('self/cgroup', '0::/system.slice/agent.service\n');
    write('group/system.slice/memory.max', `${above.memory}\n`);
    write('group/system.slice/cpu.max', `${above.cpu}\n`);
    write('group/system.slice/agent.service/memory.max', `${memory}\n`);
    write('group/system.slice/agent.service/cpu.max', `${cpu}\n`);
    return checkLimits(root, join(root, 'group'), root);
  };

  it('find room where nothing is limited', () => {
    expect(of(limits('max', 'max 100000'), 'Own limits')).toMatchObject({
      outcome: 'ok',
      found: "the agent's control group has no limit of memory and no limit of CPU",
    });
  });

  it('find a group too small, and say how large it should be', () => {
    expect(of(limits('67108864', '2000 100000'), 'Own limits')).toMatchObject({
      outcome: 'reduced',
      remedies: ['systemd unit: MemoryMax=128M or more (now 64 MiB)', 'systemd unit: CPUQuota=5% or more (now 2 %)'],
    });
  });

  it('know that a group above limits it too', () => {
    const findings = limits('max', 'max 100000', { memory: '33554432', cpu: 'max 100000' });

    expect(of(findings, 'Own limits')?.found).toContain('32 MiB of memory');
  });

  it('find a state folder that is not made yet', () => {
    write('self/cgroup', '0::/\n');

    expect(of(checkLimits(root, root, join(root, 'not/made/yet')), 'State folder')).toMatchObject({ outcome: 'ok' });
  });
});

describe('the report', () => {
  it('says under what is not well what it costs and what to do', () => {
    const findings: Finding[] = [
      { subject: 'Sockets', outcome: 'ok', found: 'netlink tells of 7 sockets in 1.0 ms' },
      { subject: 'Owners', outcome: 'reduced', found: 'hidden', costs: 'no process', remedies: ['be root'] },
    ];

    expect(reportText(findings, PLAIN)).toBe(
      [
        'ok        Sockets: netlink tells of 7 sockets in 1.0 ms',
        'reduced   Owners: hidden',
        '          costs: no process',
        '          to do: be root',
        '',
      ].join('\n'),
    );
  });

  it('is as bad as the worst of it', () => {
    const finding = (outcome: Finding['outcome']): Finding => ({ subject: 's', outcome, found: 'f' });

    expect(worstOf([finding('ok'), finding('failed'), finding('reduced')])).toBe('failed');
    expect(worstOf([finding('unknown'), finding('reduced')])).toBe('reduced');
    expect(worstOf([])).toBe('ok');
  });
});

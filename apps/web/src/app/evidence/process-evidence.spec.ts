import { TestBed } from '@angular/core/testing';
import type { ProcessEvidence } from '@closewatch/protocol';
import { AT, evidence } from '../../testing/builders.ts';
import { withLanguage } from '../../testing/language.ts';
import { evidenceRows } from './evidence-rows.ts';
import { ProcessEvidencePanel } from './process-evidence.ts';

describe('evidence rows', () => {
  it('sum threads by state, and by where they wait, most first', () => {
    const [row] = evidenceRows([
      evidence(7, {
        waits: [
          { state: 'S', wchan: 'ep_poll', syscall: 'epoll_wait', threads: 2 },
          { state: 'S', wchan: 'futex_wait', syscall: 'futex', threads: 30 },
          { state: 'R', wchan: null, syscall: null, threads: 1 },
          { state: 'D', wchan: 'io_schedule', syscall: null, threads: 1 },
          { state: 'S', wchan: null, syscall: 'syscall 451', threads: 5 },
        ],
      }),
    ]);
    expect(row?.states).toEqual([
      { letter: 'S', threads: 37 },
      { letter: 'D', threads: 1 },
      { letter: 'R', threads: 1 },
    ]);
    expect(row?.waits).toEqual([
      { label: 'futex_wait (futex)', threads: 30 },
      { label: 'syscall 451', threads: 5 },
      { label: 'ep_poll (epoll_wait)', threads: 2 },
    ]);
  });

  it('stand by what they hold, orphaned descriptors too', () => {
    const rows = evidenceRows([
      evidence(1, { closeWait: 3 }),
      evidence(2, { closeWait: 2, orphaned: 5 }),
      evidence(3, { closeWait: 3 }),
    ]);
    expect(rows.map(({ evidence: { process } }) => process.pid)).toEqual([2, 1, 3]);
  });

  it('name the container before the unit it runs in', () => {
    const process = { ...evidence(1).process, unit: 'docker.service', containerId: 'ab'.repeat(32) };
    expect(evidenceRows([evidence(1, { process })])[0]?.place).toBe('abababababab');
  });
});

describe('the processes that hold CLOSE_WAIT', () => {
  async function shown(...items: ProcessEvidence[]): Promise<HTMLElement> {
    await withLanguage('en');
    const fixture = TestBed.createComponent(ProcessEvidencePanel);
    fixture.componentRef.setInput('evidence', { takenAt: AT, items });
    await fixture.whenStable();
    const root = fixture.nativeElement as HTMLElement;
    root.querySelectorAll('button').forEach((button) => button.click());
    await fixture.whenStable();
    return root;
  }
  const words = (root: Element | null): string => (root?.textContent ?? '').replace(/\s+/g, ' ');

  it('are shown with what they do instead of closing', async () => {
    const text = words(
      await shown(
        evidence(7, {
          closeWait: 12,
          unread: 3,
          orphaned: 2,
          cpu: { runMsPerSecond: 3.456, runQueueWaitMsPerSecond: 720 },
          throttling: { cgroupVersion: 2, throttledPerSecond: 1.5, throttledMsPerSecond: 80 },
          descriptors: { used: 900, limit: 1_024 },
          polledAgoMs: null,
          watchedMs: 90_000,
          missing: ['wchan: CAP_SYS_PTRACE would show it'],
        }),
      ),
    );
    for (const part of [
      '12 CLOSE_WAIT',
      '3 unread',
      '2 orphaned',
      '12 sleeping',
      'ep_poll (epoll_wait) ×12',
      'runs 3.46 ms/s, waits for a CPU 720 ms/s',
      'throttled by its quota 1.5 times and 80 ms a second',
      'never in 1 m 30 s',
      '900 / 1,024 · 88%',
      'wchan: CAP_SYS_PTRACE would show it',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('say nothing of what was not measured', async () => {
    const root = await shown(
      evidence(7, { waits: [], cpu: null, descriptors: { used: null, limit: null }, orphaned: 0, unread: 0 }),
    );
    expect([...root.querySelectorAll('dt')].map((term) => term.textContent)).toEqual(['Looked for events']);
    expect(words(root)).not.toMatch(/unread|orphaned|null|NaN/);
  });

  it('are all there on demand', async () => {
    const root = await shown(...Array.from({ length: 20 }, (_, index) => evidence(index + 1)));
    expect(root.querySelectorAll('[data-testid=process-evidence]')).toHaveLength(20);
    expect(root.querySelector('button')).toBeNull();
  });
});

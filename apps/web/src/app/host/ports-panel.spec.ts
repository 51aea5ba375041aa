import { TestBed } from '@angular/core/testing';
import type { HostPorts } from '@closewatch/protocol';
import { AT } from '../../testing/builders.ts';
import { withLanguage } from '../../testing/language.ts';
import { PortsPanel } from './ports-panel.ts';

const destination = (port: number, used: number) => ({
  localAddress: '10.0.0.1',
  peer: { address: '2001:db8::1', port },
  used,
  timeWait: used - 1,
  available: 28_232,
});
const PORTS: NonNullable<HostPorts['ports']> = {
  takenAt: AT,
  range: { low: 32_768, high: 60_999, reserved: 2 },
  destinations: [destination(443, 27_000)],
  destinationCount: 900,
  closesPerSecond: 2_000.4,
  timeWait: { count: 120_000, max: 131_072 },
};

async function shown(ports: HostPorts['ports'], kernel: HostPorts['kernel'] = null): Promise<HTMLElement> {
  await withLanguage('en');
  const fixture = TestBed.createComponent(PortsPanel);
  fixture.componentRef.setInput('ports', ports);
  fixture.componentRef.setInput('kernel', kernel);
  await fixture.whenStable();
  return fixture.nativeElement as HTMLElement;
}
const words = (root: Element | null): string => (root?.textContent ?? '').replace(/\s+/g, ' ');

describe('the ports', () => {
  it('are shown by destination with their share, TIME_WAIT against its limit, and closes a second', async () => {
    const root = await shown(PORTS);
    expect(words(root.querySelector('[data-testid=time-wait-limit]'))).toContain('120,000 / 131,072 · 92%');
    expect(words(root)).toContain('2,000 a second');
    expect(words(root)).toContain('32768–60999 (2 reserved)');
    expect(words(root.querySelector('[data-testid=port-pressure]'))).toContain('27,000 / 28,232 · 96%');
    expect(words(root)).toContain('The 1 most pressed of 900 destinations.');
  });

  it('say what the kernel refused, and nothing of counters that stand at zero or are ordinary', async () => {
    const root = await shown(null, {
      takenAt: AT,
      counters: { ListenOverflows: 7, ListenDrops: 0, ActiveOpens: 9_000 },
      fileHandles: { allocated: 900, max: 1_000 },
    });
    expect(words(root)).toContain('ListenOverflows7 since boot');
    expect(words(root)).toContain('900 / 1,000 · 90%');
    expect(words(root)).not.toMatch(/ListenDrops|ActiveOpens/);
  });

  it('say of open files how many there are where nothing limits them', async () => {
    const root = await shown(null, { takenAt: AT, fileHandles: { allocated: 900, max: Number.MAX_SAFE_INTEGER } });
    expect(words(root)).toMatch(/system\s*900\s*$/);
  });

  it('show the five most pressed first, and all on demand', async () => {
    const destinations = Array.from({ length: 9 }, (_, index) => destination(index + 1, 100 - index));
    const root = await shown({ ...PORTS, destinations, destinationCount: 9 });
    const rows = () => root.querySelectorAll('[data-testid=port-pressure]').length;
    expect(rows()).toBe(5);
    root.querySelector('button')?.click();
    TestBed.tick();
    expect(rows()).toBe(9);
  });

  it('have no bar where the limit is not known', async () => {
    const root = await shown({ ...PORTS, timeWait: { count: 9, max: null }, destinations: [] });
    expect(root.querySelector('[data-testid=time-wait-limit] [role=meter]')).toBeNull();
    expect(words(root.querySelector('[data-testid=time-wait-limit]')).trim()).toBe('9');
  });
});

import { AT, AT_MS } from '../../testing/builders.ts';
import { incidentWindow } from './incident-window.ts';

const minutes = (count: number) => count * 60_000;

describe('incidentWindow', () => {
  it('begins before the incident and ends after it', () => {
    const resolvedAt = new Date(AT_MS + minutes(30)).toISOString();
    const window = incidentWindow({ beganAt: AT, resolvedAt }, AT_MS + minutes(600));
    expect(window.fromMs).toBe(AT_MS - minutes(10));
    expect(window.toMs - AT_MS).toBeGreaterThan(minutes(34));
    expect(window.toMs - AT_MS).toBeLessThanOrEqual(minutes(35));
  });

  it('shows nothing that has not come yet', () => {
    const resolvedAt = new Date(AT_MS + minutes(30)).toISOString();
    const nowMs = AT_MS + minutes(31);
    expect(incidentWindow({ beganAt: AT, resolvedAt }, nowMs).toMs).toBeLessThanOrEqual(nowMs);
  });

  it('moves on in steps of ten seconds while the incident is young and open', () => {
    const at = (ms: number) => incidentWindow({ beganAt: AT, resolvedAt: null }, AT_MS + ms).toMs;
    expect(at(20_000)).toBe(AT_MS + 20_000);
    expect(at(29_999)).toBe(AT_MS + 20_000);
    expect(at(30_000)).toBe(AT_MS + 30_000);
  });

  it('keeps its beginning from one step to the next', () => {
    const from = (ms: number) => incidentWindow({ beganAt: AT, resolvedAt: null }, AT_MS + ms).fromMs;
    expect(from(minutes(20))).toBe(from(minutes(39)));
    expect(from(minutes(60 * 24 * 30))).toBe(AT_MS - minutes(120));
  });
});

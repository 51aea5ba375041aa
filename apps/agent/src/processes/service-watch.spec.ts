import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AgentEventSchema, type Process } from '@closewatch/protocol';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readHostFacts } from '../host/host-facts.ts';
import { FakeProc } from '../testing/fake-proc.ts';
import { ServiceWatch } from './service-watch.ts';
import { meetProcess } from './watched-service.ts';

const TURN_MS = 10_000;
const BOOTED_AT = Date.UTC(2026, 10, 22);
const instantFrom = (bootedAtMs: number) => (at: number) => new Date(bootedAtMs + at).toISOString();

/** A watch over processes of `procRoot`, whose turns begin at the instants that it is told. */
class Turns {
  holders: { readonly process: Process; readonly listens: boolean }[] = [];
  readonly #watch: ServiceWatch;
  readonly #procRoot: string;
  readonly #bootedAtMs: number;
  #at: number;

  constructor(procRoot: string, bootedAtMs: number, at: number) {
    [this.#procRoot, this.#bootedAtMs, this.#at] = [procRoot, bootedAtMs, at];
    const instant = instantFrom(bootedAtMs);
    this.#watch = new ServiceWatch({ procRoot, bootedAtMs, instant, holders: () => this.holders });
  }

  holds(pid: number, listens = true): void {
    const met = meetProcess(this.#procRoot, this.#bootedAtMs, pid);
    if (met === undefined) throw new Error(`there is no process ${pid}`);
    this.holders.push({ process: met.process, listens });
  }

  async next(turns = 1) {
    for (let turn = 0; turn < turns; turn++) {
      this.#at += TURN_MS;
      expect(await this.#watch.collect({ startedAt: this.#at, trackers: [] })).toEqual({});
    }
    const restarts = this.#watch.takeRestarts();
    for (const restart of restarts) expect(AgentEventSchema.parse(restart)).toEqual(restart);
    return restarts;
  }
}

describe('a watch over services of this host', () => {
  const facts = readHostFacts('/proc');
  let folder: string;
  let program: string;
  let turns: Turns;
  const children: ChildProcess[] = [];

  const install = (): void => {
    const next = join(folder, 'next');
    copyFileSync('/bin/sleep', next);
    chmodSync(next, 0o755);
    renameSync(next, program);
  };
  const start = async (seconds = '4321'): Promise<number> => {
    const child = spawn(program, [seconds], { stdio: 'ignore' });
    children.push(child);
    await once(child, 'spawn');
    return child.pid ?? 0;
  };
  const stop = async (pid: number): Promise<void> => {
    const place = children.findIndex((child) => child.pid === pid);
    const [child] = children.splice(place, 1);
    child?.kill('SIGKILL');
    if (child !== undefined) await once(child, 'exit');
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'closewatch-service-'));
    program = join(folder, 'checkout');
    install();
    const uptimeMs = Number(readFileSync('/proc/uptime', 'latin1').split(' ')[0]) * 1_000;
    turns = new Turns('/proc', facts.bootedAtMs, uptimeMs);
  });

  afterEach(async () => {
    for (const { pid } of [...children]) await stop(pid ?? 0);
    rmSync(folder, { recursive: true });
  });

  it('tells that one was started anew, once', async () => {
    const before = await start();
    turns.holds(before);
    expect(await turns.next(2)).toEqual([]);
    await stop(before);
    const after = await start();
    expect(await turns.next()).toEqual([
      {
        at: expect.any(String) as unknown,
        kind: 'service_restarted',
        process: expect.objectContaining({ pid: after, executable: 'checkout' }) as unknown,
        before: { pid: before, startedAt: turns.holders[0]?.process.startedAt },
        replaced: false,
      },
    ]);
    expect(await turns.next(3)).toEqual([]);
  });

  it('tells that its executable was replaced, and when it was started', async () => {
    const before = await start();
    turns.holds(before);
    await turns.next(2);
    install();
    await stop(before);
    const began = Date.now();
    await start();
    const [restart] = await turns.next();
    expect(restart).toMatchObject({ replaced: true });
    expect(Math.abs(Date.parse(restart?.at ?? '') - began)).toBeLessThan(2_000);
  });

  it('waits for one that stays away for a while', async () => {
    const before = await start();
    turns.holds(before);
    await turns.next(2);
    await stop(before);
    expect(await turns.next(2)).toEqual([]);
    await start();
    expect(await turns.next()).toHaveLength(1);
  });

  it('does not take another program for it, nor one that ran before', async () => {
    const before = await start();
    await start('77');
    turns.holds(before);
    await turns.next(2);
    await stop(before);
    await start('78');
    expect(await turns.next(2)).toEqual([]);
  });
});

describe('a watch over services', () => {
  let proc: FakeProc;
  let turns: Turns;

  beforeEach(() => {
    proc = new FakeProc();
    // An hour after boot; processes begin by ticks of 10 ms.
    turns = new Turns(proc.root, BOOTED_AT, 3_600_000);
  });

  afterEach(() => proc.remove());

  const begin = (pid: number, seconds: number, { cgroup = '/', words = ['app', '--serve'] } = {}): void => {
    proc.begin(pid, {}, (3_600 + seconds) * 100);
    proc.name(pid, 'app', (3_600 + seconds) * 100);
    proc.command(pid, words);
    writeFileSync(join(proc.root, String(pid), 'cgroup'), `0::${cgroup}\n`);
  };

  it('does not call it a restart when workers come and go', async () => {
    for (const pid of [20, 21, 22]) {
      begin(pid, -1_000 + pid);
      turns.holds(pid);
    }
    await turns.next(2);
    proc.exit(21);
    proc.exit(22);
    begin(23, 15);
    expect(await turns.next(2)).toEqual([]);
  });

  it('tells of the parent when all workers were started anew with it', async () => {
    for (const pid of [20, 21]) {
      begin(pid, -1_000 + pid);
      turns.holds(pid);
    }
    await turns.next(2);
    for (const pid of [20, 21]) proc.exit(pid);
    begin(30, 22);
    begin(31, 23);
    expect(await turns.next()).toMatchObject([{ process: { pid: 30 }, before: { pid: 20 } }]);
    expect(await turns.next(2)).toEqual([]);
  });

  it('knows a service by its unit when its command is another', async () => {
    const cgroup = '/system.slice/checkout.service';
    begin(20, -100, { cgroup });
    turns.holds(20);
    await turns.next(2);
    proc.exit(20);
    begin(21, 20, { cgroup, words: ['app', '--serve', '--verbose'] });
    expect(await turns.next()).toMatchObject([{ process: { pid: 21, unit: 'checkout.service' } }]);
  });

  it('tells that its container was replaced', async () => {
    const [before, after] = ['a', 'b'].map((letter) => letter.repeat(64));
    begin(20, -100, { cgroup: `/docker/${before}` });
    turns.holds(20);
    await turns.next(2);
    proc.exit(20);
    begin(21, 20, { cgroup: `/docker/${after}` });
    expect(await turns.next()).toMatchObject([
      { process: { containerId: after }, before: { pid: 20, containerId: before }, replaced: true },
    ]);
  });

  it('takes no notice of programs that open a connection and end', async () => {
    for (let round = 0; round < 5; round++) {
      begin(20 + round, round * 10);
      turns.holders = [];
      turns.holds(20 + round, false);
      await turns.next();
      proc.exit(20 + round);
    }
    expect(await turns.next()).toEqual([]);
  });

  it('tells of one that only dials when it has run for a minute', async () => {
    begin(20, -100);
    turns.holds(20, false);
    await turns.next(8);
    proc.exit(20);
    begin(21, 85);
    expect(await turns.next()).toHaveLength(1);
  });

  it('tells each time of a service in a restart loop', async () => {
    begin(20, -100);
    turns.holds(20);
    await turns.next();
    const told: unknown[] = [];
    for (let round = 1; round <= 3; round++) {
      proc.exit(19 + round);
      begin(20 + round, round * 10 + 5);
      told.push(...(await turns.next()));
    }
    expect(told).toMatchObject([{ process: { pid: 21 } }, { process: { pid: 22 } }, { process: { pid: 23 } }]);
  });
});

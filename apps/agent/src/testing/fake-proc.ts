import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A /proc of a test's own making: processes of this user, with descriptors that lead where it says. */
export class FakeProc {
  readonly root = mkdtempSync(join(tmpdir(), 'closewatch-proc-'));

  /** A process that started `startTicks` after boot, with its descriptors by number. */
  begin(pid: number, descriptors: Record<number, string>, startTicks = 100): void {
    mkdirSync(join(this.root, String(pid), 'fd'), { recursive: true });
    this.name(pid, `prog ${pid}`, startTicks);
    writeFileSync(join(this.root, String(pid), 'cmdline'), `prog\0${pid}\0`);
    for (const [descriptor, target] of Object.entries(descriptors)) this.link(pid, Number(descriptor), target);
  }

  name(pid: number, name: string, startTicks: number): void {
    writeFileSync(join(this.root, String(pid), 'stat'), `${pid} (${name}) S${' 0'.repeat(18)} ${startTicks} 0 0`);
  }

  /** Lets a process have been started with these words. */
  command(pid: number, words: readonly string[]): void {
    writeFileSync(join(this.root, String(pid), 'cmdline'), words.map((word) => `${word}\0`).join(''));
  }

  /** Lets a descriptor lead to `target`, whatever it led to before. */
  link(pid: number, descriptor: number, target: string): void {
    this.close(pid, descriptor);
    symlinkSync(target, join(this.root, String(pid), 'fd', String(descriptor)));
  }

  close(pid: number, descriptor: number): void {
    rmSync(join(this.root, String(pid), 'fd', String(descriptor)), { force: true });
  }

  exit(pid: number): void {
    rmSync(join(this.root, String(pid)), { recursive: true });
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}

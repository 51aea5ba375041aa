import { expect, test } from '@playwright/test';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { Product } from './stack/product.ts';

/** Processes whose command line or working folder names the data folder: Postgres, its workers, the agent. */
function processesOf(dataFolder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
        return command !== '' && (command.includes(dataFolder) || environment.includes(dataFolder)) ? [command] : [];
      } catch {
        return []; // ended between the two reads, or not ours to look at
      }
    });
}

test('SIGTERM stops the API, Postgres and the agent, and a second start takes seconds', async () => {
  const first = await Product.start();
  expect(processesOf(first.dataFolder).length).toBeGreaterThan(2);
  expect(await first.api.stop('SIGTERM')).toBe(0);
  await expect.poll(() => processesOf(first.dataFolder), { timeout: 5_000 }).toEqual([]);

  const startedAt = Date.now();
  const second = await Product.start({}, first.dataFolder);
  expect(Date.now() - startedAt).toBeLessThan(10_000);
  await second.stopAndForget();
  expect(existsSync(first.dataFolder)).toBe(false);
});

test('SIGKILL of the API leaves no Postgres and no agent behind', async () => {
  const product = await Product.start();
  await product.api.stop('SIGKILL');
  await expect.poll(() => processesOf(product.dataFolder), { timeout: 10_000 }).toEqual([]);
  const again = await Product.start({}, product.dataFolder);
  await again.stopAndForget();
});

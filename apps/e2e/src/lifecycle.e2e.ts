import { expect, test } from '@playwright/test';
import { descendantsOf, stillRunning, type Process } from './stack/descendants.ts';
import { Product } from './stack/product.ts';

/** The database and the agent that a running product has started. */
async function partsOf(product: Product): Promise<Process[]> {
  const commands = (): string[] => descendantsOf(product.api.pid).map(({ command }) => command);
  await expect.poll(commands).toContainEqual(expect.stringMatching(/bin\/postgres -D/));
  await expect.poll(commands).toContainEqual(expect.stringMatching(/agent\/main\.js run/));
  return descendantsOf(product.api.pid);
}

test('SIGTERM stops the API, Postgres and the agent, and a second start takes seconds', async () => {
  const first = await Product.start();
  const parts = await partsOf(first);
  expect(await first.api.stop('SIGTERM')).toBe(0);
  await expect.poll(() => stillRunning(parts), { timeout: 5_000 }).toEqual([]);

  const startedAt = Date.now();
  const second = await Product.start({}, first.dataFolder);
  expect(Date.now() - startedAt).toBeLessThan(10_000);
  await second.stopAndForget();
});

test('Ctrl-C stops it as cleanly, though it comes twice: from the terminal and from npm', async () => {
  const product = await Product.start();
  const parts = await partsOf(product);
  process.kill(product.api.pid, 'SIGINT');
  expect(await product.api.stop('SIGINT')).toBe(0);
  await expect.poll(() => stillRunning(parts), { timeout: 5_000 }).toEqual([]);
  await product.stopAndForget();
});

test('SIGKILL of the API leaves no Postgres and no agent behind', async () => {
  const product = await Product.start();
  const parts = await partsOf(product);
  await product.api.stop('SIGKILL');
  await expect.poll(() => stillRunning(parts), { timeout: 10_000 }).toEqual([]);
  const again = await Product.start({}, product.dataFolder);
  await again.stopAndForget();
});

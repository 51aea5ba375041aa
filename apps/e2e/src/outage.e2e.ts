import { expect, test, type Browser } from '@playwright/test';
import { StateSeriesSchema } from '@closewatch/protocol';
import { randomBytes } from 'node:crypto';
import { launchBrowser } from './stack/browser.ts';
import { Product } from './stack/product.ts';
import { Program } from './stack/program.ts';

/**
 * The server is killed and comes back, then the host vanishes. The page says so each time; of the samples that the agent
 * took in between none is lost.
 */
let product: Product;
let agent: Program;
let browser: Browser;
const token = randomBytes(32).toString('hex');
const served = { CLOSEWATCH_LOCAL_AGENT: 'off', CLOSEWATCH_TOKEN: token };

test.beforeAll(async () => {
  product = await Product.start(served);
  agent = new Program('the agent', ['dist/agent/main.js', 'run'], {
    CLOSEWATCH_SERVER: product.origin,
    CLOSEWATCH_TOKEN: token,
    CLOSEWATCH_DATA: product.dataFolder,
    CLOSEWATCH_INTERVAL: '1s',
    CLOSEWATCH_HOSTNAME: 'far-away',
  });
  browser = await launchBrowser();
});

test.afterAll(async () => {
  await browser?.close();
  await agent?.stop('SIGKILL');
  await product?.stopAndForget();
});

test('an outage of the server leaves no gap, and a host that vanishes is silent since then', async () => {
  test.setTimeout(240_000);
  const page = await (await browser.newContext({ locale: 'en-GB' })).newPage();
  await page.goto(product.signInUrl);
  await page.getByTestId('host-link').first().click();
  await page.waitForURL('**/hosts/*');
  const chip = page.getByTestId('connection-chip');
  await expect(chip).toHaveAttribute('data-status', 'live');

  // So that there is a before.
  await page.waitForTimeout(5_000);
  const killedAt = Date.now();
  await product.api.stop('SIGKILL');
  await expect(page.getByTestId('offline-banner')).toBeVisible();
  await expect(chip).toHaveAttribute('data-status', 'offline');
  await page.waitForTimeout(5_000);
  product = await Product.start({ ...served, PORT: new URL(product.origin).port }, product.dataFolder);
  await expect(chip).toHaveAttribute('data-status', 'live', { timeout: 30_000 });
  await expect(page.getByTestId('offline-banner')).toBeHidden();

  // The agent kept what it could not deliver: no two-second step around the outage is empty.
  const hostId = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  const range = { from: new Date(killedAt - 4_000), to: new Date(killedAt + 12_000) };
  const gaps = async (): Promise<string[]> => {
    const query = `from=${range.from.toISOString()}&to=${range.to.toISOString()}&points=8`;
    const answer = await page.request.get(`${product.origin}/api/v1/hosts/${hostId}/states?${query}`);
    expect(answer.status()).toBe(200);
    const { t, stepMs, series } = StateSeriesSchema.parse(await answer.json());
    // A step that sticks out of the range may have no sample in the part that is asked for.
    const whole = (at: number): boolean => at >= range.from.getTime() && at + stepMs <= range.to.getTime();
    expect(t.filter(whole).length).toBeGreaterThanOrEqual(3);
    return t
      .filter((at, index) => whole(at) && series.established.avg[index] === null)
      .map((at) => `nothing from ${at - killedAt} ms after the server was killed`);
  };
  await expect.poll(gaps, { timeout: 30_000 }).toEqual([]);

  await agent.stop('SIGKILL');
  const status = page.getByTestId('host-status');
  await expect(status).toHaveAttribute('data-status', 'stale', { timeout: 30_000 });
  await expect(status).toHaveAttribute('data-status', 'silent', { timeout: 70_000 });
  await expect(status).toContainText(/Silent since \d/);
  // The API and the page itself are well.
  await expect(chip).toHaveAttribute('data-status', 'live');
  await page.goto(`${product.origin}/fleet`);
  await expect(page.getByTestId('host-row').getByTestId('host-status')).toHaveAttribute('data-status', 'silent');
});

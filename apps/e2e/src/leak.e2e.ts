import { expect, test, type Browser, type Locator, type Page } from '@playwright/test';
import type { TcpState } from '@closewatch/socket-states';
import { launchBrowser } from './stack/browser.ts';
import { expectAccessible, watchConsole } from './stack/page-checks.ts';
import { Product, startLeak } from './stack/product.ts';

/**
 * The main story: this machine's sockets on a live page. A program leaks; its connections stand in the list with the
 * process that holds them; it ends and they go; the past still shows them.
 */
const LEAKED = 12;

let product: Product;
let browser: Browser;

test.beforeAll(async () => {
  product = await Product.start();
  browser = await launchBrowser();
});

test.afterAll(async () => {
  await browser?.close();
  await product?.stopAndForget();
});

function rowsOf(page: Page, pid: number): Locator {
  return page.getByTestId('connection-row').filter({
    has: page.getByTestId('connection-pid').getByText(String(pid), { exact: true }),
  });
}

async function countOf(page: Page, state: TcpState): Promise<number> {
  const shown = page.locator(`[data-testid=state-count][data-state=${state}]`).first();
  return Number((await shown.innerText()).replaceAll(/\D/g, ''));
}

for (const language of ['en', 'zh-Hans'] as const) {
  test(`a leak stands on the page with its process, ends, and is still in the past (${language})`, async () => {
    const context = await browser.newContext({
      locale: language === 'en' ? 'en-GB' : 'zh-CN',
      viewport: { width: 1440, height: 900 },
    });
    const page = await context.newPage();
    const complaints = watchConsole(page);
    await page.goto(product.signInUrl);
    await page.waitForURL('**/fleet');
    expect(page.url()).not.toContain('code=');
    await expect(page.locator('html')).toHaveAttribute('lang', language);

    const host = page.getByTestId('host-row');
    await expect(host).toHaveCount(1);
    await expect(page.getByTestId('connection-chip')).toHaveAttribute('data-status', 'live');
    await expectAccessible(page);

    await host.getByTestId('host-link').first().click();
    await page.waitForURL('**/hosts/*');

    const { program, pid, port } = await startLeak('code-leak', LEAKED);
    try {
      // The machine may leak elsewhere too: the filter brings ours together, whatever else is listed.
      await page.getByTestId('connections-filter').fill(`127.0.0.1:${port}`);
      const rows = rowsOf(page, pid);
      await expect(rows).toHaveCount(LEAKED);
      await expect.poll(() => countOf(page, 'close_wait')).toBeGreaterThanOrEqual(LEAKED);
      const first = rows.first();
      await expect(first.getByTestId('connection-local')).toContainText(`127.0.0.1:${port}`);
      await expect(first.getByTestId('connection-peer')).toContainText(/127\.0\.0\.1:\d+/);
      await expect(first.getByTestId('connection-process')).toContainText('node');
      await expect(first.getByTestId('connection-descriptor')).toContainText(/\d+/);
      await expect(first.getByTestId('connection-recv-queue')).toHaveText('0');
      await expect(first.getByTestId('connection-age')).toContainText(/\d/);
      // Why it does not close: its threads wait for events, as a healthy program's do, and it holds the descriptors.
      const evidence = page.locator(`[data-testid=process-evidence][data-pid="${pid}"]`);
      await expect(evidence).toContainText(`${LEAKED} CLOSE_WAIT`);
      await expect(evidence).toContainText('epoll');
      await expect(page.getByTestId('time-wait-limit')).toContainText(/\d/);
      await expectAccessible(page);
    } finally {
      await program.stop('SIGINT');
    }
    const stoppedAt = Date.now();
    await expect(rowsOf(page, pid)).toHaveCount(0);
    await expect(page.getByTestId('connection-row')).toHaveCount(0);

    // As of an instant in the life of the leak, the list is what it was.
    const past = new Date(stoppedAt - 2_000).toISOString();
    const hostUrl = new URL(page.url());
    hostUrl.searchParams.set('at', past);
    await page.goto(hostUrl.href);
    await expect(rowsOf(page, pid)).toHaveCount(LEAKED);
    await page.getByTestId('as-of-now').click();
    await expect(page.getByTestId('connection-row')).toHaveCount(0);

    expect(complaints).toEqual([]);
    await context.close();
  });
}

test('the breakdown moves by itself when sockets come and go', async () => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(product.signInUrl);
  await page.getByTestId('host-link').first().click();
  await expect(page.getByTestId('connection-chip')).toHaveAttribute('data-status', 'live');
  // CLOSE_WAIT, because nothing else on a machine makes it come and go by itself, as records of earlier tests do.
  const before = await countOf(page, 'close_wait');
  const { program } = await startLeak('not-reading', 40);
  try {
    await expect.poll(() => countOf(page, 'close_wait')).toBeGreaterThanOrEqual(before + 40);
  } finally {
    await program.stop('SIGINT');
  }
  await expect.poll(() => countOf(page, 'close_wait')).toBeLessThan(before + 40);
  await context.close();
});

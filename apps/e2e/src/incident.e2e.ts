import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Browser, type Page } from '@playwright/test';
import { launchBrowser } from './stack/browser.ts';
import { expectAccessible, watchConsole } from './stack/page-checks.ts';
import { Product } from './stack/product.ts';
import { Program } from './stack/program.ts';

/**
 * An incident from its first socket to its last: a service leaks, the incident opens by itself and says why, somebody
 * acknowledges it and writes a note, the service is repaired and started anew, the incident is resolved by that, and its
 * page still shows the list as it was.
 */

/** As shipped but for what comes after: an incident ends a quarter of an hour after its leak, and a test need not wait for that. */
const RULES = 'thresholds:\n  incidents: { quiet: 5s, hold: 5s }\n  leak: { quiet: { nothing_new: 5s } }\n';
/** The promise is 90 s from the first leaked socket to the warning. */
const WARNED_WITHIN_MS = 90_000;

let folder: string;
let product: Product;
let browser: Browser;

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'closewatch-incident-'));
  const rules = join(folder, 'rules.yaml');
  writeFileSync(rules, RULES);
  product = await Product.start({ CLOSEWATCH_RULES: rules });
  browser = await launchBrowser();
});

test.afterAll(async () => {
  await browser?.close();
  await product?.stopAndForget();
  rmSync(folder, { recursive: true, force: true });
});

/** The same command each time; whether it leaks is told by a file. */
async function startCheckout(): Promise<{ program: Program; port: string }> {
  const program = new Program('checkout', ['apps/e2e/src/stack/checkout.mjs', folder]);
  const [, port = ''] = await program.line(/listens on (\d+)/);
  return { program, port };
}

const marked = (page: Page, mark: 'appeared' | 'vanished') =>
  page.locator(`[data-testid=connection-row][data-change=${mark}]`);

async function lookAt(page: Page, instants: { at: number; a?: number; b?: number }): Promise<void> {
  const url = new URL(page.url());
  for (const [name, ms] of Object.entries(instants)) url.searchParams.set(name, new Date(ms).toISOString());
  await page.goto(url.href);
  await expect(page.getByTestId('incident-headline')).toBeVisible();
}

test('an incident opens by itself, is acknowledged, is resolved by a repair, and keeps its story', async () => {
  test.setTimeout(300_000);
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const complaints = watchConsole(page);
  await page.goto(product.signInUrl);
  await page.waitForURL('**/fleet');
  await page.getByTestId('incidents-link').click();
  await page.waitForURL('**/incidents');

  const broken = join(folder, 'broken');
  writeFileSync(broken, '');
  const leaksSince = Date.now();
  let checkout = await startCheckout();
  try {
    const row = page.getByTestId('incident-row').filter({ hasText: checkout.port });
    await expect(row).toHaveCount(1, { timeout: WARNED_WITHIN_MS });
    await expectAccessible(page);
    await row.getByTestId('incident-link').click();
    await expect(page.getByTestId('incident-headline')).toContainText('node');
    await expect(page.getByTestId('finding-verdict').first()).toHaveAttribute('data-verdict', 'code_leak');
    await expect(page.getByTestId('finding-advice').first()).not.toBeEmpty();
    await expectAccessible(page);

    await page.getByTestId('acknowledge').click();
    await expect(page.getByTestId('unacknowledge')).toBeVisible();
    await page.getByTestId('note-text').fill('Rolled back **checkout** <script>alert(1)</script>');
    await page.getByTestId('note-add').click();
    const note = page.getByTestId('story-entry').filter({ hasText: 'Rolled back' });
    await expect(note.locator('strong')).toHaveText('checkout');
    await expect(note.locator('script')).toHaveCount(0);

    await checkout.program.stop();
    const stoppedAt = Date.now();
    rmSync(broken);
    checkout = await startCheckout();
    const state = page.getByTestId('incident-state').first();
    await expect(state).toHaveAttribute('data-resolved-as', 'restart', { timeout: 90_000 });

    // The cursor goes through the incident's time; the list under it is of then, and what is new since pin A is marked.
    await lookAt(page, { at: stoppedAt - 5_000, a: leaksSince });
    await expect.poll(() => marked(page, 'appeared').count()).toBeGreaterThan(10);
    await expect(note).toBeVisible();
    await lookAt(page, { at: Date.now(), a: stoppedAt - 5_000, b: leaksSince + 20_000 });
    await expect.poll(() => marked(page, 'vanished').count()).toBeGreaterThan(10);
    await expect(page.getByTestId('compared-groups').first()).toContainText('node');
    await expectAccessible(page);
  } finally {
    await checkout.program.stop();
  }
  expect(complaints).toEqual([]);
  await context.close();
});

import { expect, test, type Browser } from '@playwright/test';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { launchBrowser } from './stack/browser.ts';
import { Product, startLeak } from './stack/product.ts';
import { workspace, type Program } from './stack/program.ts';

/**
 * The pages in each theme and width, each with a leak on it: nothing may overflow the page sideways. The pictures are
 * for people to look at: dist/screens, from where `npm run screens` takes those of docs/screens.
 */
/** How long the product watches the leaks before its picture is taken, so that the charts have something to show. */
const AFTER_SECONDS = Number(process.env['SCREENS_AFTER_SECONDS'] ?? 5);
const VIEWPORTS = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;

/** What is there once the page has been read. */
const SHOWN = { fleet: 'host-row', host: 'connection-row', storage: 'storage-row' } as const;

let product: Product;
let browser: Browser;
const leaks: Program[] = [];

test.beforeAll(async () => {
  test.setTimeout(60_000 + AFTER_SECONDS * 1_000);
  product = await Product.start({ CLOSEWATCH_HOSTNAME: 'shop-web-01' });
  browser = await launchBrowser();
  for (const [scenario, count] of [
    ['time-wait', 60],
    ['code-leak', 9],
    ['not-reading', 5],
    ['code-leak', 14],
  ] as const) {
    await sleep((AFTER_SECONDS * 1_000) / 5);
    leaks.push((await startLeak(scenario, count)).program);
  }
  await sleep((AFTER_SECONDS * 1_000) / 5);
});

test.afterAll(async () => {
  await browser?.close();
  for (const leak of leaks) await leak.stop('SIGINT');
  await product?.stopAndForget();
});

test('the pages fit wide and phone screens, light and dark', async () => {
  const context = await browser.newContext({ viewport: VIEWPORTS.wide, locale: 'en-GB', deviceScaleFactor: 1 });
  const page = await context.newPage();
  await page.goto(product.signInUrl);
  await page.waitForURL('**/fleet');
  const hostPath = await page.getByTestId('host-link').first().getAttribute('href');
  expect(hostPath).toMatch(/^\/hosts\/[0-9a-f-]{36}/);

  for (const [name, path] of [
    ['fleet', '/fleet'],
    ['host', hostPath ?? ''],
    ['storage', '/storage'],
  ] as const) {
    for (const [width, viewport] of Object.entries(VIEWPORTS)) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme });
        await page.goto(new URL(path, product.origin).href);
        await expect(page.getByTestId(SHOWN[name]).first()).toBeVisible();
        await expect(page.getByTestId('connection-chip')).toHaveAttribute('data-status', 'live');
        await page.waitForTimeout(1_500); // the live chart gains a point
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(overflow, `${name} ${width} ${colorScheme} scrolls sideways`).toBeLessThanOrEqual(0);
        const suffix = width === 'wide' ? colorScheme : `phone-${colorScheme}`;
        await page.screenshot({ path: join(workspace, 'dist/screens', `${name}-${suffix}.png`) });
      }
    }
  }
  await context.close();
});

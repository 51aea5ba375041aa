import { expect, test, type Browser } from '@playwright/test';
import { join } from 'node:path';
import { launchBrowser } from './stack/browser.ts';
import { Product, startLeak } from './stack/product.ts';
import { workspace, type Program } from './stack/program.ts';

/**
 * Both pages in each theme and width, each with a leak on it: nothing may overflow the page sideways. The pictures are
 * for people to look at: dist/screens, from where `npm run screens` takes those of docs/screens.
 */
const VIEWPORTS = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;

let product: Product;
let browser: Browser;
const leaks: Program[] = [];

test.beforeAll(async () => {
  product = await Product.start({ CLOSEWATCH_HOSTNAME: 'shop-web-01' });
  browser = await launchBrowser();
  for (const [scenario, count] of [
    ['code-leak', 14],
    ['not-reading', 5],
    ['time-wait', 60],
  ] as const) {
    leaks.push((await startLeak(scenario, count)).program);
  }
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
  ] as const) {
    for (const [width, viewport] of Object.entries(VIEWPORTS)) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme });
        await page.goto(new URL(path, product.origin).href);
        await expect(page.getByTestId(name === 'fleet' ? 'host-row' : 'connection-row').first()).toBeVisible();
        await expect(page.getByTestId('connection-chip')).toHaveAttribute('data-status', 'live');
        await page.waitForTimeout(2_500); // lets the live chart gain a few points for the picture
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

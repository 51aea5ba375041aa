import { expect, test, type Browser } from '@playwright/test';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowser } from './stack/browser.ts';
import { forgetDataFolder } from './stack/data-folder.ts';
import { descendantsOf, stillRunning } from './stack/descendants.ts';
import { expectAccessible, watchConsole } from './stack/page-checks.ts';
import { Program } from './stack/program.ts';

/** The demonstration as `npm run demo` starts it: simulated hosts, and no page that does not say so. */
const HOSTS = 30;
const SIGN_IN_LINK = /http:\/\/\S+\/sign-in\?code=\S+/;
const MARKS = { 'en-GB': 'Demonstration: simulated hosts', 'zh-CN': '演示：模拟主机' } as const;

const dataFolder = mkdtempSync(join(tmpdir(), 'closewatch-demo-'));
let browser: Browser;

test.beforeAll(async () => {
  browser = await launchBrowser();
});

test.afterAll(async () => {
  await browser?.close();
  forgetDataFolder(dataFolder);
});

test('thirty hosts are live, each page says that they are simulated, and nothing is left behind', async () => {
  const demo = new Program(
    'the demonstration',
    [
      '--no-warnings',
      'tools/demo/main.ts',
      ...['--port', '0', '--days', '1', '--data', dataFolder],
      // What a real installation might have set must not reach it.
    ],
    { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', CLOSEWATCH_DATA: '/nonexistent' },
  );
  try {
    const [signInUrl] = await demo.line(SIGN_IN_LINK);
    const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    const complaints = watchConsole(page);
    await page.goto(signInUrl);
    await page.waitForURL('**/fleet');
    await expect(page.getByTestId('host-row')).toHaveCount(HOSTS);
    await expect(page.getByTestId('demonstration')).toHaveText(MARKS['en-GB']);
    await expectAccessible(page);

    // The first hour of the past comes first.
    await demo.line(/days of history|writing history/);
    await page.getByTestId('host-link').first().click();
    await page.waitForURL('**/hosts/*');
    await expect(page.getByTestId('connection-row').first()).toBeVisible();
    await expect(page.getByTestId('demonstration')).toBeVisible();
    await expect(page.getByText('simulated', { exact: true })).toBeVisible();
    for (const viewport of [
      { width: 1440, height: 900 },
      { width: 390, height: 844 },
    ]) {
      await page.setViewportSize(viewport);
      await expect(page.getByTestId('demonstration')).toBeInViewport();
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow, `${viewport.width} px wide`).toBeLessThanOrEqual(0);
    }
    expect(complaints).toEqual([]);
    await context.close();

    const [nextUrl = ''] = demo.lines.flatMap((line) => SIGN_IN_LINK.exec(line)?.[0] ?? []).slice(-1);
    const chinese = await browser.newContext({ locale: 'zh-CN' });
    const chinesePage = await chinese.newPage();
    await chinesePage.goto(nextUrl);
    await expect(chinesePage.getByTestId('demonstration')).toHaveText(MARKS['zh-CN']);
    await chinese.close();
  } finally {
    const parts = demo.running ? descendantsOf(demo.pid) : [];
    expect(await demo.stop('SIGINT')).toBe(0);
    await expect.poll(() => stillRunning(parts), { timeout: 5_000 }).toEqual([]);
  }
});

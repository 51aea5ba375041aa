import chromiumPackage from '@sparticuz/chromium';
import { chromium, type Browser } from '@playwright/test';
import { existsSync } from 'node:fs';

/** What keeps a Chromium quiet: no look-ups of its own, no first-run pages, no GPU. */
const QUIET = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * A real Chromium: `$CHROMIUM`, else Debian's, else the one inside the npm package, which needs neither root nor a
 * download. Without a sandbox only as root, where Chromium refuses to make one.
 */
export async function launchBrowser(): Promise<Browser> {
  const debian = '/usr/bin/chromium';
  const installed = process.env['CHROMIUM'] ?? (existsSync(debian) ? debian : undefined);
  const executablePath = installed ?? (await chromiumPackage.executablePath());
  // The packaged build has no set-uid sandbox helper, and user namespaces may be forbidden: it talks to our loopback only.
  const sandboxed = installed !== undefined && process.getuid?.() !== 0;
  return await chromium.launch({ executablePath, args: sandboxed ? QUIET : [...QUIET, '--no-sandbox'] });
}

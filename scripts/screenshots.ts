// Draws the pictures of docs/images from the sample trail: tsx scripts/screenshots.ts
// Needs a build (npm run build) and a chromium.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { type Serving, startBuilt } from '../test/integration/serving';
import { launchChromium } from '../test/web/browser';

interface Picture {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly theme: 'light' | 'dark';
  readonly path: string;
  /** Opens the first event, and shows it. */
  readonly isEvent?: boolean;
}

const PICTURES: readonly Picture[] = [
  { name: 'dashboard', width: 1280, height: 1120, theme: 'light', path: '/' },
  { name: 'dashboard-dark', width: 1280, height: 1120, theme: 'dark', path: '/' },
  { name: 'phone', width: 390, height: 844, theme: 'light', path: '/' },
  {
    name: 'event',
    width: 1280,
    height: 900,
    theme: 'light',
    path: '/?principal=leo&q=UNLOAD',
    isEvent: true,
  },
];

async function main(): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), 'screenshots-'));
  const serving = await startBuilt('--data', data);
  const browser = await launchChromium();
  try {
    await serving.printed(/\d digests verified/);
    for (const picture of PICTURES) await draw(browser, serving, picture);
  } finally {
    await browser.close();
    await serving.interrupt();
    await rm(data, { recursive: true, force: true });
  }
}

async function draw(browser: Browser, { url }: Serving, picture: Picture): Promise<void> {
  const { name, width, height, theme, path, isEvent } = picture;
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: theme });
  await page.goto(url + path, { waitUntil: 'networkidle' });
  if (isEvent) {
    await page.locator('#list .statement').first().click();
    await page.evaluate("document.querySelector('#events').scrollIntoView()");
  }
  await page.waitForTimeout(500);
  await page.screenshot({ path: `docs/images/${name}.png` });
  await page.close();
}

void main();

import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import * as z from 'zod';
import { startBuilt } from '../integration/serving';
import { CHROMIUM, launchChromium } from '../web/browser';

export const title = 'Dashboard';

const PAGES = 'dist/web';
const ROWS = 5_000;
const LOADS = 7;
const FRAMES = 600;

const listSchema = z.looseObject({ events: z.array(z.unknown()) });
const framesSchema = z.array(z.number());

/** Weight of the page, time until it shows events, and frames while scrolling 5,000 rows. */
export async function bench(): Promise<string> {
  if (CHROMIUM === undefined) return 'No chromium on this machine: not measured.';
  const data = await mkdtemp(join(tmpdir(), 'bench-page-'));
  const serving = await startBuilt('--data', data);
  const browser = await launchChromium();
  try {
    await serving.printed('watching for more');
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const paints: number[] = [];
    for (let load = 0; load < LOADS; load++) {
      paints.push(await timeToRows(page, serving.url));
      // The server has one thread: counts for a page that was left would delay the next one.
      await page.waitForLoadState('networkidle');
    }
    await answerEndlessly(page, (await serving.get('/v1/events?limit=100')).body);
    await timeToRows(page, serving.url);
    const frames = await scrollThrough(page);
    const late = frames.filter((ms) => ms > 17.5).length;
    return `The page as \`querytrail serve\` gives it, headless chromium without a graphics processor, 1280 × 900; for the scrolling, pages of the list are answered from memory.

| what | measured | goal |
| --- | ---: | ---: |
| weight, all files, gzip | ${(weightBytes() / 1_000).toFixed(0)} KB | ≤ 150 KB |
| first rows of the sample's list on the screen, the server at rest, median of ${LOADS} loads | ${median(paints).toFixed(0)} ms | ≤ 1,000 ms |
| scrolling ${ROWS} loaded rows: median time between frames | ${median(frames).toFixed(1)} ms | 16.7 ms |
| frames later than that | ${((late / frames.length) * 100).toFixed(1)} % of ${frames.length} | |`;
  } finally {
    await browser.close();
    await serving.interrupt();
    await rm(data, { recursive: true, force: true });
  }
}

function weightBytes(): number {
  return readdirSync(PAGES)
    .map((name) => gzipSync(readFileSync(join(PAGES, name)), { level: 9 }).length)
    .reduce((sum, bytes) => sum + bytes, 0);
}

async function timeToRows(page: Page, url: string): Promise<number> {
  const startedMs = performance.now();
  await page.goto(url, { waitUntil: 'commit' });
  await page.locator('#list .row:not(.skeleton)').first().waitFor();
  return performance.now() - startedMs;
}

/** Every page of the list is this one, and there is always another. */
async function answerEndlessly(page: Page, list: unknown): Promise<void> {
  const json = { ...listSchema.parse(list), cursor: 'more' };
  await page.route('**/v1/events?*', (route) => route.fulfill({ json }));
}

async function scrollThrough(page: Page): Promise<number[]> {
  const rows = () => page.locator('#list-status').textContent();
  while (Number((await rows())?.replace(/\D/g, '')) < ROWS) {
    await page.evaluate('scrollTo(0, document.body.scrollHeight)');
    await page.waitForTimeout(20);
  }
  return framesSchema.parse(
    await page.evaluate(`new Promise((resolve) => {
      const frames = [];
      let last;
      scrollTo(0, 0);
      requestAnimationFrame(function step(time) {
        if (last !== undefined) frames.push(time - last);
        last = time;
        scrollBy(0, 120);
        if (frames.length < ${FRAMES}) requestAnimationFrame(step);
        else resolve(frames);
      });
    })`),
  );
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

import { readFileSync } from 'node:fs';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { keyspacesDefinition, startQuery, type TestRecord } from '../fixtures/records';
import { launchChromium } from './browser';
import { type DashboardServer, serveRecords } from './dashboard-server';
import { inBrowser } from './in-browser';

const HOSTILE = `SELECT '<img src=x onerror="window.hit=1"><script>window.hit=1</script>' FROM shop.orders`;
const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };
const NOW = new Date();

jest.setTimeout(60_000);

let server: DashboardServer;
let browser: Browser;
let page: Page;
let troubles: string[];

const at = (minutesAgo: number) =>
  `${new Date(NOW.getTime() - minutesAgo * 60_000).toISOString().slice(0, 19)}Z`;

function records(): TestRecord[] {
  const ordinary = Array.from({ length: 240 }, (_, index) =>
    startQuery(`SELECT total FROM shop.orders WHERE id = ${index}`, {
      eventID: `ordinary-${index}`,
      eventTime: at(40 + index * 20),
    }),
  );
  return [
    ...ordinary,
    startQuery(HOSTILE, {
      eventID: 'hostile',
      eventTime: at(10),
      userAgent: '<script>window.hit=1</script>',
      userIdentity: { type: 'IAMUser', userName: '<b onclick="window.hit=1">mallory</b>' },
    }),
    keyspacesDefinition(
      'DropTable',
      'DROP TABLE shop.carts',
      { keyspaceName: 'shop', tableName: 'carts' },
      { eventID: 'drop', eventTime: at(20) },
    ),
    startQuery('SELECT 1', {
      eventID: 'denied',
      eventTime: at(30),
      errorCode: 'AccessDeniedException',
      errorMessage: 'not allowed',
      responseElements: null,
    }),
    startQuery('SELECT 2', { eventID: 'poison', eventTime: 'never' }),
  ];
}

async function open(
  path = '/',
  options: BrowserContextOptions = {},
  withClock = false,
): Promise<void> {
  page = await browser.newPage({ viewport: DESKTOP, ...options });
  if (withClock) await page.clock.install();
  page.on('pageerror', ({ message }) => troubles.push(message));
  page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
  await page.goto(server.url + path);
  await page.locator('.row:not(.skeleton), .state').first().waitFor();
}

const statements = () => page.locator('#list .statement').allTextContents();
const isInView = (selector: string) =>
  page.locator(selector).evaluate((element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  });
const status = () => page.locator('#list-status').textContent();

/** Waits until so many were asked, and then a little for one too many. */
async function expectCount(asked: readonly unknown[], count: number): Promise<void> {
  while (asked.length < count) await page.waitForTimeout(10);
  await page.waitForTimeout(100);
  expect(asked).toHaveLength(count);
}

async function scrollToEnd(): Promise<void> {
  while ((await page.locator('.foot', { hasText: 'That is all' }).count()) === 0) {
    await page.mouse.wheel(0, 4_000);
    await page.waitForTimeout(30);
  }
}

async function axeFindings(): Promise<string[]> {
  // Playwright's own channel is not bound by the page's policy.
  await page.evaluate(axe.source);
  const found: unknown = await page.evaluate(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
       violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
         .map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 120)).join(' | ')))`,
  );
  return Array.isArray(found) ? found.map(String) : [String(found)];
}

inBrowser('the dashboard', () => {
  beforeAll(async () => {
    [server, browser] = await Promise.all([serveRecords(records(), NOW), launchChromium()]);
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });
  beforeEach(() => {
    troubles = [];
  });
  afterEach(async () => {
    await page.close();
    expect(troubles).toEqual([]);
  });

  it('asks for all its counts at once, and for what it follows', async () => {
    page = await browser.newPage({ viewport: DESKTOP });
    const asked: string[] = [];
    page.on('request', (request) => {
      const { pathname, searchParams } = new URL(request.url());
      if (pathname === '/v1/stats') asked.push(searchParams.get('groupBy') ?? '');
    });

    await page.goto(server.url);
    await page.locator('.figure').first().waitFor();

    await expectCount(asked, 2);
    expect(asked).toEqual(['outcome', 'class,outcome,error,principal,table,operation']);
  });

  it('shows the counts that matter, each leading to its list', async () => {
    await open();
    const ddl = page.locator('.figure', { hasText: 'DDL changes' });
    await ddl.waitFor();

    expect(await page.locator('.figure-value').allTextContents()).toEqual([
      '243',
      '1',
      '1',
      '1',
      '0 B',
      '$0',
    ]);
    await ddl.click();
    await page.locator('#list-status', { hasText: /^1$/ }).waitFor();
    expect(await statements()).toEqual(['DROP TABLE shop.carts']);
    expect(new URL(page.url()).search).toBe('?class=DDL');
    expect(await isInView('#events-title')).toBe(true);
  });

  it('counts refusals over the whole range, and lists just those', async () => {
    await open();
    await page.locator('.figure', { hasText: 'Denied' }).click();
    await page.locator('#list-status', { hasText: /^1$/ }).waitFor();

    expect(new URL(page.url()).search).toBe('?error=denied');
    expect(await isInView('#f-error')).toBe(true);
    expect(await page.locator('#list .outcome').getAttribute('title')).toContain('AccessDenied');
  });

  it('counts and draws what the filters let through, and says so', async () => {
    await open('/?outcome=succeeded');
    await page.locator('.scope').waitFor();

    expect(await page.locator('.scope').textContent()).toBe(
      'Counts and charts are of the only matching event.',
    );
    expect(await page.locator('.figure-value').allTextContents()).toEqual([
      '1',
      '1',
      '0',
      '0',
      '0 B',
      '$0',
    ]);
    expect(await page.locator('#tops .bar-label').allTextContents()).toEqual(
      expect.arrayContaining(['shop.carts', 'DROP TABLE']),
    );
    // No list can show what succeeded and failed.
    expect(await page.locator('div.figure').allTextContents()).toEqual([
      expect.stringContaining('Failures'),
    ]);
  });

  it('filters, keeps the filters in the URL, and goes back', async () => {
    await open();
    await page.getByLabel('Outcome').selectOption('failed');
    await page.locator('#list-status', { hasText: /^1$/ }).waitFor();

    expect(new URL(page.url()).searchParams.get('outcome')).toBe('failed');
    await page.goBack();
    await page.locator('#list-status', { hasText: 'newest' }).waitFor();
    expect(await page.getByLabel('Outcome').inputValue()).toBe('');
  });

  it('opens a shared address with its filters', async () => {
    await open('/?table=shop.carts');

    expect(await statements()).toEqual(['DROP TABLE shop.carts']);
    expect(await page.getByRole('img', { name: 'destructive' }).count()).toBe(1);
    expect(await page.locator('.chip-value').allTextContents()).toEqual(['shop.carts']);
    expect(await page.title()).toBe('shop.carts · Querytrail');
    // What the counts are of stands above them.
    expect(await isInView('.chip')).toBe(true);
  });

  it('opens an event by keyboard, with its original record', async () => {
    await open('/?class=DDL');
    await page.locator('.statement').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Original record' }).click();
    await page.locator('.record', { hasText: '"eventID": "drop"' }).waitFor();

    expect(await page.locator('.statement').getAttribute('aria-expanded')).toBe('true');
    expect(await page.locator('.detail').textContent()).toContain('Records[241]');
  });

  it('opens and closes the choice of a time range by keyboard', async () => {
    await open();
    const summary = page.locator('.custom summary');
    await summary.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.getByLabel('From (UTC)').isVisible()).toBe(true);
    await page.keyboard.press('Escape');

    expect(await page.getByLabel('From (UTC)').isVisible()).toBe(false);
    expect(await page.evaluate("document.activeElement.matches('.custom summary')")).toBe(true);
  });

  it('takes several values as the API does, in every field', async () => {
    await open();
    await page.getByText('More filters').click();
    await page.getByLabel('Operation', { exact: true }).fill('drop table, insert');
    await page.getByLabel('Database', { exact: true }).fill('shop');
    await page.getByLabel('Database', { exact: true }).press('Enter');
    await page.locator('#list-status', { hasText: /^1$/ }).waitFor();

    expect(await statements()).toEqual(['DROP TABLE shop.carts']);
  });

  it('prints the whole of what was loaded, without its controls', async () => {
    await open();
    await scrollToEnd();
    await page.emulateMedia({ media: 'print' });
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");

    expect(await page.locator('#filters').isVisible()).toBe(false);
    expect(await page.locator('#list .row').count()).toBe(Number(await status()));
  });

  it('stops a long search, says how far it came, and goes on when asked', async () => {
    const asked: string[] = [];
    page = await browser.newPage({ viewport: DESKTOP });
    await page.route('**/v1/events?*limit=100*', (route) => {
      asked.push(route.request().url());
      return route.fulfill({
        json: { events: [], cursor: 'more', searchedTo: '2026-11-20T04:05:06Z' },
      });
    });
    await page.goto(`${server.url}/?q=rare`);
    const goOn = page.getByRole('button', { name: 'Search on' });
    await expectCount(asked, 10);

    expect(await page.locator('.foot').textContent()).toContain(
      'Searched back to 2026-11-20 04:05 UTC.',
    );
    expect(await status()).toBe('None so far');
    await goOn.click();
    await expectCount(asked, 20);
  });

  it('shows the event of a permalink', async () => {
    await open('/?event=drop');
    await page.locator('#single .detail').waitFor();

    expect(await page.locator('#single .sql').textContent()).toBe('DROP TABLE shop.carts');
  });

  it('loads more as one scrolls, to the end', async () => {
    await open();
    await scrollToEnd();

    expect(await status()).toBe('243');
  });

  it('tells of new events, and shows them when asked', async () => {
    await open('/', {}, true);
    await page.locator('.statement').nth(3).click();
    await server.add([
      startQuery('SELECT fresh', { eventID: 'fresh', eventTime: at(5) }),
      startQuery('SELECT late', { eventID: 'late', eventTime: at(200) }),
      startQuery('SELECT old', { eventID: 'old', eventTime: at(60 * 70) }),
    ]);
    const before = await statements();
    await page.clock.runFor(10_000);
    const news = page.getByRole('button', { name: /^Show 3 new events$/ });
    await news.waitFor();

    expect(await statements()).toEqual(before);
    expect(await page.locator('.detail').count()).toBe(1);
    expect(await page.locator('#announce').textContent()).toBe('New events have arrived.');

    await news.click();
    await page.locator('#list .statement', { hasText: 'SELECT fresh' }).waitFor();
    expect(await page.locator('#list .statement', { hasText: 'SELECT late' }).count()).toBe(1);
    expect(await news.count()).toBe(0);
  });

  it('looks for nothing new while it is paused', async () => {
    await open('/', {}, true);
    const asked: string[] = [];
    await page.getByRole('button', { name: 'Pause' }).click();
    page.on('request', (request) => asked.push(request.url()));
    await page.clock.runFor(60_000);

    expect(asked).toEqual([]);
    expect(await page.locator('#live').textContent()).toContain('Paused');
  });

  it('zooms where one drags over the timeline', async () => {
    await open();
    const plot = page.locator('.chart .u-over');
    await plot.waitFor();
    const box = await plot.boundingBox();
    const [left, y] = [(box?.x ?? 0) + (box?.width ?? 0) * 0.7, (box?.y ?? 0) + 60];
    await page.mouse.move(left, y);
    await page.mouse.down();
    await page.mouse.move(left + 120, y, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/from=20.*to=20/);

    expect(await page.locator('.custom summary').textContent()).toMatch(/ – /);
  });

  it('shows hostile text and runs none of it', async () => {
    await open();
    await page.locator('.statement', { hasText: 'onerror' }).click();
    await page.locator('.detail').waitFor();

    expect(await page.locator('.sql').textContent()).toBe(HOSTILE);
    expect(await page.locator('.row.open .who').textContent()).toBe(
      '<b onclick="window.hit=1">mallory</b>',
    );
    expect(await page.locator('main img, main script, main b').count()).toBe(0);
    expect(await page.evaluate('window.hit')).toBeUndefined();
  });

  it('exports what the filters show', async () => {
    await open('/?class=DDL');
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export as CSV' }).click();
    const path = await (await saved).path();

    const lines = readFileSync(path, 'utf8').trim().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain('DROP TABLE shop.carts');
  });

  it('names the files that need a look, and the records set aside', async () => {
    await open();

    await page.getByText('Files that need a look').click();

    const file = page.locator('.troubled li');
    await file.waitFor();
    expect(await file.innerText()).toMatch(
      /^unreadable .* 444455556666 eu-west-1\n0\.json\.gz\nrecord 243: eventTime is no time in UTC$/,
    );
    expect(await page.locator('.troubled button').isVisible()).toBe(false);
    expect(await axeFindings()).toEqual([]);
  });

  it('says what to do when nothing matches, and when the API says no', async () => {
    await open('/?table=no.such');
    expect(await page.locator('.state').textContent()).toContain('Clear all filters');
    await page.locator('.figure').first().waitFor();
    expect(await page.locator('.timeline, .bars, .heat, .scope').count()).toBe(0);
    await page.close();

    await open('/?class=NONE');
    expect(await page.locator('#list .state').textContent()).toContain('class must be DDL, DML');
    troubles = troubles.filter((trouble) => !trouble.includes('400'));
  });

  it.each([
    ['light, 1280 px', DESKTOP, 'light'],
    ['dark, 1280 px', DESKTOP, 'dark'],
    ['light, 390 px', PHONE, 'light'],
    ['dark, 390 px', PHONE, 'dark'],
  ] as const)(
    'fits and has no serious accessibility finding: %s',
    async (_, viewport, colorScheme) => {
      await open('/', { viewport, colorScheme });
      await page.locator('.coverage').waitFor();
      await page.locator('.statement').nth(1).click();

      const overflow = 'document.documentElement.scrollWidth - innerWidth';
      expect(await page.evaluate(overflow)).toBeLessThanOrEqual(0);
      expect(await axeFindings()).toEqual([]);
    },
  );

  it('shows a range of the past whole on a phone, and when its last file came', async () => {
    const [from, to] = [at(24 * 60), at(-60)];
    await open(`/?from=${from}&to=${to}`, { viewport: PHONE });
    await page.locator('.source').first().waitFor();

    const { right } = await page
      .locator('.range summary')
      .evaluate((element) => element.getBoundingClientRect());
    expect(right).toBeLessThanOrEqual(PHONE.width);
    expect(await page.locator('.source-facts').textContent()).toMatch(
      /last \d{4}-\d\d-\d\d \d\d:\d\d UTC/,
    );
  });

  it('remembers the theme that one chooses', async () => {
    await open();
    const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const before = await background();
    await page.locator('#theme').click();
    await page.locator('#theme').click();
    const dark = await background();
    await page.reload();

    expect(dark).not.toBe(before);
    expect(await background()).toBe(dark);
  });
});

import type { Browser, Page } from 'playwright-core';
import { createApi } from '../../src/api/api';
import type { AuditEvent } from '../../src/event/audit-event';
import { startEmbeddedStore } from '../../src/local/embedded-store';
import { startHttpServer } from '../../src/local/http-server';
import { loadPages } from '../../src/local/pages';
import { createDirectoryWriter, directoryEntries } from '../../src/store/directory';
import { createDynamoCalls } from '../../src/store/dynamo-calls';
import { createDynamoEventStore } from '../../src/store/dynamo-event-store';
import { toItem } from '../../src/store/event-item';
import { tableEntries } from '../../src/store/table-entry';
import { keyspacesEvent } from '../store/events';
import { launchChromium } from './browser';
import { inBrowser } from './in-browser';

const EVENTS = 50_000;
const SHARDS = 4;
const NOW = Math.floor(Date.now() / 1_000) * 1_000;
/** So far apart that the last of them is within the week that the page shows. */
const STEP_MS = 12_000;
const DENIED = { code: 'UnauthorizedException', stage: 'call', denied: true } as const;
const WRONG = { code: 'InvalidRequestException', stage: 'call' } as const;

jest.setTimeout(90_000);

let browser: Browser;
let page: Page;
let close: () => Promise<void>;
let url: string;

const events: readonly AuditEvent[] = Array.from({ length: EVENTS }, (_, index) => {
  const isDdl = index % 100 === 7;
  const isFailed = index % 20 === 3;
  const user = `user-${index % 40}`;
  return keyspacesEvent({
    eventId: `event-${index}`,
    eventTime: `${new Date(NOW - 60_000 - index * STEP_MS).toISOString().slice(0, 19)}Z`,
    class: isDdl ? 'DDL' : 'DML',
    operation: isDdl ? 'CREATE_TABLE' : 'SELECT',
    statement: { text: `SELECT ${index}`, source: 'outline' },
    // Most name no table: an entry more for each would only take time.
    ...(index % 50 !== 0 && { tables: [], database: undefined }),
    resources: [],
    ...(isFailed && { outcome: 'failed', error: index % 60 === 3 ? DENIED : WRONG }),
    principal: {
      name: user,
      sessionName: user,
      roleArn: `arn:aws:iam::111122223333:role/${user}`,
      arn: `arn:aws:sts::111122223333:assumed-role/${user}/${user}`,
    },
  });
});
const countOf = (is: (event: AuditEvent) => unknown) => events.filter(is).length;
const formatted = (count: number) => count.toLocaleString('en');

/** Puts the very items that the store writes, in batches, without its reads. */
async function startDashboard(): Promise<void> {
  const embedded = await startEmbeddedStore();
  const calls = createDynamoCalls(embedded);
  const hours = new Set(events.map(({ eventTime }) => eventTime.slice(0, 13)));
  await createDirectoryWriter(calls).write(events.flatMap((event) => directoryEntries(event)));
  await calls.putAll([
    ...[...hours].map((sk) => ({ pk: 'S#open', sk, at: 0 })),
    ...events.flatMap((event) => [
      toItem(event, { shards: SHARDS }),
      ...tableEntries(event, { shards: SHARDS }),
    ]),
  ]);
  const store = createDynamoEventStore(embedded);
  while ((await store.rollUp()) > 0);
  const logFiles = { async *open() {} };
  const api = createApi({ store, logFiles, clock: () => NOW });
  const server = await startHttpServer({ api, pages: await loadPages('dist/web'), port: 0 });
  url = server.url;
  close = async () => {
    await server.close();
    await embedded.close();
  };
}

async function open(path: string): Promise<void> {
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(url + path);
  await page.locator('#list .row:not(.skeleton)').first().waitFor();
}

async function figures(): Promise<Record<string, string>> {
  await page.locator('.figure').first().waitFor();
  const [labels, values] = await Promise.all([
    page.locator('.figure-label').allTextContents(),
    page.locator('.figure-value').allTextContents(),
  ]);
  return Object.fromEntries(labels.map((label, at) => [label, values[at] ?? '']));
}

const status = () => page.locator('#list-status').textContent();
const countInDocument = (selector: string) => page.locator(selector).count();

async function scrollTo(rows: number): Promise<void> {
  while (Number((await status())?.replace(/\D/g, '')) < rows) {
    await page.mouse.wheel(0, 3_000);
    await page.waitForTimeout(16);
  }
}

inBrowser(`the dashboard with ${EVENTS} events`, () => {
  beforeAll(async () => {
    [browser] = await Promise.all([launchChromium(), startDashboard()]);
  });
  afterAll(async () => {
    await browser.close();
    await close();
  });
  afterEach(() => page.close());

  it('shows the newest, and counts all of them', async () => {
    await open('/');

    expect(await status()).toBe('The newest 100');
    expect(await page.locator('#list .statement').first().textContent()).toBe('SELECT 0');
    expect(await figures()).toMatchObject({
      Statements: formatted(EVENTS),
      'DDL changes': formatted(countOf((event) => event.class === 'DDL')),
      Failures: formatted(countOf(({ error }) => error)),
      Denied: formatted(countOf(({ error }) => error?.denied)),
    });
    expect(await countInDocument('.scope')).toBe(0);
  });

  it('filters, counting what matches as far as it looks', async () => {
    await open('/?principal=user-23');
    const mine = ({ principal }: AuditEvent) => principal.name === 'user-23';
    expect(await figures()).toMatchObject({
      Statements: formatted(countOf(mine)),
      Failures: formatted(countOf((event) => mine(event) && event.error)),
    });
    expect(await page.locator('.scope').textContent()).toContain('all 1,250 matching events');
    await page.close();

    await open('/?class=DML');
    expect(await figures()).toMatchObject({ Statements: '2,000+', 'DDL changes': '0' });
    expect(await page.locator('.scope').textContent()).toMatch(
      /the newest 2,000 matching events, back to \d{4}-\d\d-\d\d \d\d:\d\d UTC\.$/,
    );
  });

  it('scrolls through page after page, and keeps the document small', async () => {
    await open('/');
    await scrollTo(4_000);

    expect(await countInDocument('#list .row')).toBeLessThanOrEqual(500);
    expect(await countInDocument('*')).toBeLessThan(10_000);
    const shown = await page.locator('#list .statement').allTextContents();
    const first = Number(shown[0]?.replace('SELECT ', ''));
    expect(first).toBeGreaterThan(3_000);
    expect(shown).toEqual(shown.map((_, at) => `SELECT ${first + at}`));

    await page.evaluate('scrollTo(0, 0)');
    await page.locator('#list .statement', { hasText: /^SELECT 0$/ }).waitFor();
  });
});

import { spawnSync } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import * as z from 'zod';
import { readLatestRun } from '../../src/local/data-directory';
import { keyspacesData, startQuery } from '../fixtures/records';
import { CLI, eventually, type Serving, startBuilt, startServing } from './serving';

const LAYOUT = 'AWSLogs/o-sample1234/111122223333/CloudTrail/eu-west-1/2026/03/02';

jest.setTimeout(90_000);

let root: string;
let trail: string;
let data: string;
let serving: Serving | undefined;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'serve-'));
  trail = join(root, 'trail');
  data = join(root, 'data');
  await mkdir(trail);
});
afterEach(async () => {
  await serving?.interrupt();
  serving = undefined;
  await rm(root, { recursive: true, force: true });
});

function logFile(...eventIds: string[]): Buffer {
  const Records = eventIds.map((eventID) => keyspacesData('Select', null, { eventID }));
  return gzipSync(JSON.stringify({ Records }));
}

const serveTrail = (...args: string[]) => startBuilt('--trail', trail, '--data', data, ...args);

function knows(eventId: string): () => Promise<boolean> {
  return async () => (await serving?.get(`/v1/events/${eventId}`))?.status === 200;
}

function runServe(...args: string[]): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync(process.execPath, [CLI, 'serve', '--data', data, ...args], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status, stderr };
}

describe('npm start', () => {
  it('shows a sample trail with recovered texts and verdicts, and what is dropped in', async () => {
    serving = await startServing(['npm', 'start', '--', '--port', '0', '--data', data]);
    await serving.printed('watching for more');
    const unload = await serving.get('/v1/events?principal=leo&operation=UNLOAD');
    const early = () => serving?.get('/v1/events?from=-6d&order=asc&limit=1');
    await eventually(
      async () => JSON.stringify((await early())?.body).includes('"integrity":"verified"'),
      'the digests are verified',
    );

    await writeFile(join(data, 'sample-trail/dropped.json.gz'), logFile('dropped-1'));
    const tookMs = await eventually(knows('dropped-1'), 'the dropped file is read');

    expect(unload.body).toMatchObject({
      events: [
        {
          statement: { source: 'athena', text: expect.stringMatching(/^UNLOAD/) },
          tables: [{ name: 'shop.customers', access: 'read' }],
          outcome: 'succeeded',
          costUsd: expect.any(Number),
        },
      ],
    });
    expect(tookMs).toBeLessThan(2_000);
    expect(serving.output()).not.toMatch(/cannot read|not as CloudTrail signed|--reset/);

    await serving.interrupt();
    serving = await startBuilt('--data', data);
    expect(serving.output()).toContain('the sample trail is in ');
    await serving.interrupt();
    const made = new Date('2026-01-05T10:00:00Z');
    await utimes(join(data, 'sample-trail/README.txt'), made, made);
    serving = await startBuilt('--data', data);
    expect(serving.output()).toContain('ends on 2026-01-05; --reset makes a new one');
  });
});

describe('querytrail serve', () => {
  it('reads a folder in the layout of CloudTrail, and quotes the original record', async () => {
    const name = '111122223333_CloudTrail_eu-west-1_20260302T1005Z_Ab3dEf6hIj9kLm2n.json.gz';
    await mkdir(join(trail, LAYOUT), { recursive: true });
    await writeFile(join(trail, LAYOUT, name), logFile('e-1'));
    serving = await serveTrail();
    await eventually(knows('e-1'), 'the file is read');

    expect((await serving.get('/v1/events/e-1')).body).toMatchObject({
      events: [{ eventId: 'e-1', evidence: { key: `${LAYOUT}/${name}`, index: 0 } }],
    });
    expect((await serving.get('/v1/events/e-1/record')).body).toMatchObject({ eventID: 'e-1' });
  });

  it('reads a file that is renamed into place, and one that is written slowly', async () => {
    serving = await serveTrail();
    await serving.printed('watching for more');
    await writeFile(join(root, 'ready'), logFile('renamed'));
    await rename(join(root, 'ready'), join(trail, 'renamed.json.gz'));
    const bytes = logFile('slow-1', 'slow-2');
    for (let at = 0; at < bytes.length; at += Math.ceil(bytes.length / 4)) {
      await appendFile(
        join(trail, 'slow.json.gz'),
        bytes.subarray(at, at + Math.ceil(bytes.length / 4)),
      );
      await sleep(120);
    }

    expect(await eventually(knows('renamed'), 'the renamed file is read')).toBeLessThan(2_000);
    expect(await eventually(knows('slow-2'), 'the slow file is read')).toBeLessThan(2_000);
    expect(serving.output()).not.toContain('cannot read');
  });

  it('reports a file that it cannot read, and goes on with the rest', async () => {
    await writeFile(join(trail, 'broken.json.gz'), logFile('lost').subarray(0, 60));
    await writeFile(join(trail, 'sound.json.gz'), logFile('found'));
    serving = await serveTrail();
    await serving.printed('watching for more');

    expect(serving.output()).toContain('cannot read broken.json.gz: ');
    expect(await knows('found')()).toBe(true);
    expect(await knows('lost')()).toBe(false);
  });

  it('skips what it has read before unless told to forget, and leaves word where it was', async () => {
    await writeFile(join(trail, 'a.json.gz'), logFile('a-1', 'a-2'));
    serving = await serveTrail();
    await serving.printed('1 file, 2 events in ');
    const { url } = serving;
    const atWork = await readLatestRun(data);
    const code = await serving.interrupt();
    const closed = await readLatestRun(data);

    serving = await serveTrail();
    await serving.printed('1 file, 0 events in ');
    const knewBefore = await knows('a-2')();
    await serving.interrupt();

    serving = await serveTrail('--reset');
    await serving.printed('1 file, 2 events in ');
    expect({ code, knewBefore }).toEqual({ code: 0, knewBefore: true });
    expect(atWork).toEqual({ trail, store: expect.stringContaining(data), url });
    expect(closed).toEqual({ trail, store: atWork?.store });
  });

  it('goes on after it was killed, at the same address', async () => {
    await writeFile(join(trail, 'a.json.gz'), logFile('a-1'));
    const killed = await serveTrail();
    await killed.printed('watching for more');
    await killed.kill();
    await writeFile(join(trail, 'b.json.gz'), logFile('b-1'));

    serving = await serveTrail('--port', new URL(killed.url).port);
    await serving.printed('2 files, 1 event in ');

    expect(await knows('a-1')()).toBe(true);
  });

  it('keeps a masked statement as one whose text is to come', async () => {
    const record = startQuery(undefined, { eventID: 'masked' });
    await writeFile(join(trail, 'm.json.gz'), gzipSync(JSON.stringify({ Records: [record] })));
    serving = await serveTrail();
    await eventually(knows('masked'), 'the file is read');

    expect((await serving.get('/v1/events/masked')).body).toMatchObject({
      events: [{ service: 'athena', outcome: 'accepted', statement: { unavailable: 'pending' } }],
    });
  });
});

describe('querytrail serve --athena-history', () => {
  it('brings back texts of files that it read before, too', async () => {
    const record = startQuery(undefined, { eventID: 'masked' });
    const { queryExecutionId } = z
      .object({ responseElements: z.object({ queryExecutionId: z.string() }) })
      .parse(record).responseElements;
    const history = join(root, 'history.json');
    const Status = { State: 'SUCCEEDED' };
    const execution = { QueryExecutionId: queryExecutionId, Query: 'DROP TABLE a.b', Status };
    await writeFile(history, JSON.stringify({ QueryExecutions: [execution] }));
    await writeFile(join(trail, 'm.json.gz'), gzipSync(JSON.stringify({ Records: [record] })));
    serving = await serveTrail();
    await eventually(knows('masked'), 'the file is read');
    await serving.interrupt();

    serving = await serveTrail('--athena-history', history);
    await eventually(async () => {
      const answer = await serving?.get('/v1/events/masked');
      return JSON.stringify(answer?.body).includes('DROP TABLE a.b');
    }, 'the text is recovered');

    expect((await serving.get('/v1/events/masked')).body).toMatchObject({
      events: [{ class: 'DDL', outcome: 'succeeded', tables: [{ name: 'a.b', access: 'write' }] }],
    });
  });
});

describe('querytrail serve that cannot start', () => {
  let other: Server;
  let taken: string;

  beforeEach(async () => {
    other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    taken = String((other.address() as AddressInfo).port);
  });
  afterEach(() => new Promise((resolve) => other.close(resolve)));

  it('says which port is taken and exits 1', () => {
    expect(runServe('--trail', trail, '--port', taken)).toEqual({
      status: 1,
      stderr: `querytrail: port ${taken} of 127.0.0.1 is taken: choose another one with --port\n`,
    });
  });

  it('says where the same trail is served already and exits 1', async () => {
    serving = await serveTrail();

    expect(runServe('--trail', trail, '--port', '0')).toEqual({
      status: 1,
      stderr: `querytrail: ${trail} is served already, at ${serving.url}; for a second server give another --data\n`,
    });
  });

  it('leaves the store of a trail alone that is served beside another one', async () => {
    serving = await serveTrail();
    const other = join(root, 'other');
    await mkdir(other);
    const beside = await serveTrail('--trail', other);

    const second = runServe('--trail', trail, '--port', '0', '--reset');
    await beside.interrupt();

    expect(second).toEqual({
      status: 1,
      stderr: `querytrail: ${trail} is served already; for a second server give another --data\n`,
    });
    expect((await serving.get('/v1/events')).status).toBe(200);
  });

  it('names the folder that is missing and exits 2', () => {
    expect(runServe('--trail', join(root, 'none'))).toEqual({
      status: 2,
      stderr: `querytrail: ${join(root, 'none')}: there is no such folder; give a folder of CloudTrail log files\n`,
    });
  });

  it.each([
    ['--trail', '', "--trail '': give a path"],
    ['--public-keys', '', "--public-keys '': give a path"],
    ['--data', CLI, `--data ${CLI}: cannot be made or used as a folder (EEXIST)`],
  ])('refuses %s %j and exits 2', (option, path, complaint) => {
    const { status, stderr } = runServe('--port', '0', option, path);

    expect({ status, stderr }).toEqual({ status: 2, stderr: `querytrail: ${complaint}\n` });
  });

  it.each(['seven', '65536', '-1', ''])('refuses the port %j and exits 2', (port) => {
    const { status, stderr } = runServe('--trail', trail, `--port=${port}`);

    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringContaining('number from 0 to 65535'),
    });
  });
});

describe('querytrail serve --api', () => {
  it('takes the Region that its host name does not tell', async () => {
    serving = await startBuilt('--api', 'https://audit.example', '--api-region', 'eu-west-1');

    expect(serving.output()).toContain('Querytrail of https://audit.example: ');
  });

  it('answers from another Querytrail', async () => {
    await writeFile(join(trail, 'a.json.gz'), logFile('behind'));
    const behind = await serveTrail();
    serving = behind;
    await eventually(knows('behind'), 'the file is read');

    serving = await startBuilt('--api', behind.url);
    const answer = await serving.get('/v1/events/behind');
    await behind.interrupt();

    expect(answer).toMatchObject({ status: 200, body: { events: [{ eventId: 'behind' }] } });
    expect(await serving.get('/v1/events/behind')).toMatchObject({ status: 502 });
  });
});

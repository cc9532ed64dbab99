import promises, { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { nameOfFolder, openTrailFolder } from '../../src/local/trail-folder';

const LAYOUT = 'AWSLogs/o-sample1234/111122223333/CloudTrail/eu-west-1/2026/03/02';
const NAME = '111122223333_CloudTrail_eu-west-1_20260302T1005Z_Ab3dEf6hIj9kLm2n.json.gz';
const PLACE = {
  accountId: '111122223333',
  region: 'eu-west-1',
  day: '2026-03-02',
  deliveredAt: '2026-03-02T10:05:00Z',
};
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'trail-'));
});
afterEach(() => rm(root, { recursive: true }));

async function put(...paths: string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), 'x');
  }
}

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString();
}

describe('openTrailFolder', () => {
  it('refuses a folder that is not there, and a file', async () => {
    await put('file');

    await expect(openTrailFolder(join(root, 'none'))).rejects.toMatchObject({
      code: 'config.trail',
      message: expect.stringContaining('there is no such folder'),
    });
    await expect(openTrailFolder(join(root, 'file'))).rejects.toMatchObject({
      code: 'config.trail',
    });
  });

  it('takes account, Region and day from the layout', async () => {
    await put(`${LAYOUT}/${NAME}`);
    const folder = await openTrailFolder(root);

    expect(await folder.list()).toEqual([{ key: `${LAYOUT}/${NAME}`, place: PLACE }]);
  });

  it('knows the layout also from inside of it', async () => {
    await put(`${LAYOUT}/${NAME}`);
    const folder = await openTrailFolder(join(root, 'AWSLogs/o-sample1234/111122223333'));

    expect(await folder.list()).toEqual([
      { key: `CloudTrail/eu-west-1/2026/03/02/${NAME}`, place: PLACE },
    ]);
  });

  it('takes them from the name of a file that was dropped in flat', async () => {
    await put(NAME);
    const folder = await openTrailFolder(root);

    expect(await folder.list()).toEqual([{ key: NAME, place: PLACE }]);
  });

  it('lists a file of any other name, its place unknown', async () => {
    await put('today.json.gz');
    const folder = await openTrailFolder(root);

    expect(await folder.list()).toEqual([
      {
        key: 'today.json.gz',
        place: {
          accountId: 'unknown',
          region: 'unknown',
          day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
        },
      },
    ]);
  });

  it('lists newest first', async () => {
    const older = NAME.replace('T1005Z', 'T0905Z');
    await put(older, NAME);
    const folder = await openTrailFolder(root);

    expect((await folder.list()).map(({ key }) => key)).toEqual([NAME, older]);
  });

  it.each([
    `${LAYOUT.replace('CloudTrail', 'CloudTrail-Digest')}/digest.json.gz`,
    `${LAYOUT.replace('CloudTrail', 'CloudTrail-Insight')}/insight.json.gz`,
    'README.txt',
    'flow.log.gz',
    'digest.json.gz.metadata.json',
  ])('does not list %s', async (path) => {
    await put(path);
    const folder = await openTrailFolder(root);

    expect(await folder.list()).toEqual([]);
  });

  it('reads files of the folder, and none outside of it', async () => {
    await put('a.json.gz');
    const { logFiles } = await openTrailFolder(root);

    expect(await readAll(logFiles.open({ key: 'a.json.gz' }))).toBe('x');
    expect(() => logFiles.open({ key: '../../etc/passwd' })).toThrow('is outside of');
    expect(() => logFiles.open({ key: '/etc/passwd' })).toThrow('is outside of');
  });

  it('lists the rest where a folder may not be looked into, and tells of it', async () => {
    await put('open/a.json.gz', 'shut/b.json.gz');
    const folder = await openTrailFolder(root);
    const { readdir } = promises;
    jest
      .spyOn(promises, 'readdir')
      .mockImplementation(((path: string, options: object) =>
        path.endsWith('shut')
          ? Promise.reject(Object.assign(new Error(), { code: 'EACCES' }))
          : readdir(path, options)) as never);
    const unreadable: string[][] = [];

    const files = await folder.list((...told) => unreadable.push(told));
    jest.restoreAllMocks();

    expect(files.map(({ key }) => key)).toEqual(['open/a.json.gz']);
    expect(unreadable).toEqual([['shut', 'EACCES']]);
  });

  it('is one folder, however it is reached', async () => {
    await symlink(root, `${root}-link`);

    const linked = await openTrailFolder(`${root}-link`);
    const direct = await openTrailFolder(root);
    await rm(`${root}-link`);

    expect(nameOfFolder(linked.root)).toBe(nameOfFolder(direct.root));
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDiskLogFiles } from '../../src/cloudtrail/disk-log-files';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'querytrail-'));
});

afterEach(() => rm(folder, { recursive: true }));

test('hands over every byte of a file', async () => {
  const body = Buffer.alloc(700_000, 'y');
  await writeFile(join(folder, 'a.json.gz'), body);

  const chunks = await Array.fromAsync(
    createDiskLogFiles().open({ key: join(folder, 'a.json.gz') }),
  );

  expect(Buffer.concat(chunks).equals(body)).toBe(true);
});

test('says which file is not there', async () => {
  const open = Array.fromAsync(createDiskLogFiles().open({ key: join(folder, 'none') }));

  await expect(open).rejects.toMatchObject({
    code: 'log-file.not-found',
    message: `no file at ${join(folder, 'none')}`,
  });
});

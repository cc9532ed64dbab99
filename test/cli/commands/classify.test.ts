import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { run } from '../../../src/cli/run';
import { captureIo } from '../capture-io';

async function classify(args: readonly string[], io = captureIo()) {
  const exitCode = await run(['classify', ...args], io);
  return { exitCode, out: io.stdout.text(), err: io.stderr.text() };
}

test('prints one statement as JSON in a pipe', async () => {
  const { exitCode, out } = await classify(['--dialect', 'cql', 'DROP TABLE shop."Orders"']);

  expect(exitCode).toBe(0);
  expect(out).toBe(
    '{"class":"DDL","operation":"DROP_TABLE","access":"schema","reads":[],"writes":["shop.Orders"]}\n',
  );
});

test('prints one statement as a sheet on a terminal', async () => {
  const statement = "UNLOAD (SELECT * FROM a, b) TO 's3://out/x'";

  const { out } = await classify([statement], captureIo({ columns: 80 }));

  expect(out).toMatch(/^class +DML\noperation +UNLOAD\naccess +read\nreads +a, b\n/);
  expect(out).toMatch(/^locations +s3:\/\/out\/x \(write\)$/m);
  expect(out).not.toContain('writes');
});

test('is misused with an unknown dialect', async () => {
  const { exitCode, err } = await classify(['--dialect', 'mysql', 'SELECT 1']);

  expect(exitCode).toBe(2);
  expect(err).toContain('athena, cql');
});

test('answers standard input, reports bad lines and then exits with 1', () => {
  const root = join(__dirname, '../../..');
  const input = '{"id":1,"dialect":"athena","text":"SELECT 1"}\nSELECT secret\n';

  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', join(root, 'bin/querytrail.ts'), 'classify'],
    { cwd: root, input, encoding: 'utf8' },
  );

  expect(stdout.trim().split('\n')).toHaveLength(1);
  expect(stderr).toContain('line 2: not JSON');
  expect(stderr).not.toContain('secret');
  expect(status).toBe(1);
});

import { join } from 'node:path';
import { build } from 'esbuild';

const ENGINE = join(__dirname, '../../src/statement');

test('the whole engine is small: at most 20,000 bytes minified, with no dependency', async () => {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: `export * from './classify'; export * from './fingerprint';`,
      resolveDir: ENGINE,
    },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'cjs',
    target: 'node22',
  });

  expect(outputFiles[0]?.contents.length).toBeLessThanOrEqual(20_000);
  const foreign = Object.keys(metafile.inputs).filter((file) => !file.includes('src/statement/'));
  expect(foreign).toEqual(['<stdin>']);
});

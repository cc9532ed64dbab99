import { join } from 'node:path';
import { build } from 'esbuild';

test('the classifier is small: at most 20 KB minified, with no dependency', async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(__dirname, '../../src/statement/classify.ts')],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'cjs',
  });

  expect(outputFiles[0]?.contents.length).toBeLessThanOrEqual(20 * 1_024);
  expect(Object.keys(metafile.inputs).filter((file) => !file.includes('src/statement/'))).toEqual(
    [],
  );
});

// Compiles the record scanner to WebAssembly and writes it as base64 into a module that every
// bundler takes as it is. With --check: writes nothing, fails when the module is not of its source.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';

const FOLDER = join(import.meta.dirname, '../src/cloudtrail/scanner');
const SOURCE = 'assembly/record-scanner.ts';
const MODULE = join(FOLDER, 'record-scanner-wasm.ts');

const text = `// Written by \`npm run build:wasm\` from ${SOURCE}: change that, not this.
export const RECORD_SCANNER_WASM =
  '${Buffer.from(await compile()).toString('base64')}';
`;

if (!process.argv.includes('--check')) {
  writeFileSync(MODULE, text);
} else if (readFileSync(MODULE, 'utf8') !== text) {
  throw new Error(`${MODULE} is not what ${SOURCE} compiles to: run npm run build:wasm`);
}

async function compile() {
  let binary;
  const { error, stderr } = await asc.main(
    [
      SOURCE,
      ...['--outFile', 'record-scanner.wasm', '--runtime', 'stub', '--initialMemory', '1'],
      ...['-Ospeed', '--converge', '--noAssert', '--enable', 'simd'],
    ],
    {
      readFile: (name, folder) => readSource(join(folder, name)),
      writeFile: (_name, contents) => {
        binary = contents;
      },
    },
  );
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  return binary;
}

function readSource(path) {
  try {
    return readFileSync(join(FOLDER, path), 'utf8');
  } catch {
    return null; // The compiler tries several places.
  }
}

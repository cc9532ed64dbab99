import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { RECORD_SCANNER_WASM } from '../../../src/cloudtrail/scanner/record-scanner-wasm';

test('the checked-in module is what its source compiles to', () => {
  const script = resolve(__dirname, '../../../scripts/build-wasm.mjs');

  expect(() =>
    execFileSync(process.execPath, [script, '--check'], { stdio: 'pipe' }),
  ).not.toThrow();
});

test('the module needs SIMD and imports nothing', () => {
  const code = Buffer.from(RECORD_SCANNER_WASM, 'base64');

  expect(WebAssembly.validate(code)).toBe(true);
  expect(WebAssembly.Module.imports(new WebAssembly.Module(code))).toEqual([]);
});

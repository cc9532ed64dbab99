const { execFileSync } = require('node:child_process');
const { join } = require('node:path');

/** Tests of the command line run what users run: the bundle, built from the code at hand. */
module.exports = () => {
  execFileSync(process.execPath, [join(__dirname, '../scripts/build.mjs')], { stdio: 'inherit' });
};

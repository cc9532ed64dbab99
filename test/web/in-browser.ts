import { CHROMIUM } from './browser';

/** `describe` where there is a browser; elsewhere it says that it is left out. */
export const inBrowser = CHROMIUM === undefined ? describe.skip : describe;
if (CHROMIUM === undefined) {
  process.stderr.write('no chromium on this machine: the dashboard is not tested in a browser\n');
}

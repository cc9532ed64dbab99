/** Mutation testing of what decides what a file and a statement are. Long; not part of CI. */
export default {
  testRunner: 'jest',
  mutate: [
    'src/statement/**/*.ts',
    'src/cloudtrail/**/*.ts',
    '!src/cloudtrail/scanner/assembly/**',
    // Compiled: a test holds it to its source, byte for byte.
    '!src/cloudtrail/scanner/record-scanner-wasm.ts',
  ],
  coverageAnalysis: 'perTest',
  concurrency: 1,
  // A mutant of a table that is compiled at load needs all tests in a fresh process each.
  ignoreStatic: true,
  // swc checks no types, and Stryker's way to rewrite a tsconfig needs an older TypeScript.
  disableTypeChecks: false,
  tsconfigFile: 'none',
  jest: {
    projectType: 'custom',
    configFile: 'jest.config.cjs',
    config: {
      // It builds the command line, which no test here runs, anew for each mutant.
      globalSetup: null,
      testMatch: ['<rootDir>/test/{statement,cloudtrail}/**/*.test.ts'],
      // Thousands of generated or hostile statements for each mutant would take days.
      testPathIgnorePatterns: ['/node_modules/', 'statement/(hostile|generated|differential|size)'],
      reporters: [],
    },
  },
  reporters: ['clear-text', 'progress-append-only', 'json'],
  clearTextReporter: { allowColor: false, logTests: false },
  thresholds: { high: 95, low: 85, break: 85 },
};

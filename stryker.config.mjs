/** Mutation testing of what decides what a file and a statement are. Long; not part of CI. */
export default {
  testRunner: 'jest',
  mutate: ['src/statement/**/*.ts', 'src/cloudtrail/**/*.ts', '!src/cloudtrail/scanner/assembly/**'],
  coverageAnalysis: 'perTest',
  concurrency: 1,
  jest: {
    projectType: 'custom',
    configFile: 'jest.config.cjs',
    enableFindRelatedTests: true,
    config: {
      // Thousands of generated or hostile statements for each mutant would take days.
      testPathIgnorePatterns: ['/node_modules/', 'hostile.test', 'generated.test', 'differential'],
      reporters: [],
    },
  },
  reporters: ['clear-text', 'progress-append-only', 'json'],
  clearTextReporter: { allowColor: false, logTests: false },
  thresholds: { high: 95, low: 85, break: 85 },
};

/** Two projects: pure specs stand beside their files; whatever needs a server or a database stands under test/. */
const common = {
  transform: { '^.+\\.ts$': '@swc/jest' },
  testEnvironment: 'node',
  moduleFileExtensions: ['ts', 'js', 'json'],
};

/** @type {import('jest').Config} */
module.exports = {
  testTimeout: 60_000,
  // Two at a time: suites start servers and databases of their own. In workers that are replaced, since what a suite has loaded is never let go of.
  maxWorkers: 2,
  workerIdleMemoryLimit: '1GB',
  coverageDirectory: 'coverage',
  coverageReporters: ['html', 'text'],
  collectCoverageFrom: ['src/**/*.ts', 'migrations/**/*.ts'],
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/src/**/*.spec.ts'],
      setupFilesAfterEnv: ['<rootDir>/test/support/property-runs.ts'],
    },
    {
      ...common,
      displayName: 'server',
      testMatch: ['<rootDir>/test/**/*.spec.ts'],
      globalSetup: '<rootDir>/test/support/start-postgres.ts',
      globalTeardown: '<rootDir>/test/support/stop-postgres.ts',
    },
  ],
};

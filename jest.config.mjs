// ESM sources are compiled to CommonJS for the tests: no experimental flag is needed, and ESM-only packages are compiled too.
const base = {
  testEnvironment: 'node',
  transform: {
    '\\.m?[jt]s$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  transformIgnorePatterns: [
    '/node_modules/(undici|@azure|jsonwebtoken|ajv|ajv-formats|semver|commander|libsql|@libsql)/',
  ],
};

const project = (name, extra = {}) => ({
  ...base,
  displayName: name,
  testMatch: [`<rootDir>/__tests__/${name}/**/*.test.ts`],
  ...extra,
});

export default {
  coverageProvider: 'v8',
  // One more than the cores of the smallest machine: most end-to-end tests wait for a process of their own.
  maxWorkers: 3,
  // A hang is what this catches; how long something takes is measured in bench/.
  testTimeout: 120_000,
  projects: [
    project('unit'),
    project('contract'),
    project('e2e', { globalSetup: '<rootDir>/__tests__/support/build.mjs' }),
  ],
};

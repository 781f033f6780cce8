export default {
  testEnvironment: 'node',
  // Ends a test that hangs; no test is about how long something takes.
  testTimeout: 180_000,
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' } }] },
  coverageProvider: 'babel',
  collectCoverageFrom: ['src/**/*.ts'],
};

import { defineConfig } from 'vitest/config';

// Workspace packages are tested from their sources, whoever imports them.
// No `module`: it names files for bundlers, which Node itself cannot load (the AWS SDK's import each other without extensions).
const conditions = ['@orilla/source', 'node', 'development|production'];

const shared = {
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['@orilla/source', 'node'] } },
};

const longSuites = [
  'test/conformance/embedded.test.ts',
  'test/integration/embedded/bounds.test.ts',
  'test/vllm/dying-vllm.test.ts',
];

/** One folder of whole ways under `test/`: real servers, models and processes, which need more time. */
const wholeWay = (name: string) => ({
  ...shared,
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    // Where no S3 server can be had; who starts the tests has said so.
    exclude: [
      ...(process.env.ORILLA_WITHOUT_S3 ? ['**/*.s3.test.ts'] : []),
      // As in playwright.config.ts: a slice of what is long.
      ...(process.env.ORILLA_SLICE ? longSuites : []),
    ],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // One file at a time, after the units: a model takes a core for itself, and some of them measure time.
    maxWorkers: 1,
    sequence: { groupOrder: 1 },
  },
});

export default defineConfig({
  test: {
    // The whole suite fits a machine with two cores.
    maxWorkers: 2,
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          include: [
            'packages/*/src/**/*.test.{ts,tsx}',
            'tools/**/*.test.ts',
            'demo/src/**/*.test.{ts,tsx}',
            'bench/**/*.test.ts',
            'test/{faults,fixtures}/**/*.test.ts',
          ],
          testTimeout: 30_000,
          hookTimeout: 20_000,
        },
      },
      ...['integration', 'conformance', 'vllm', 'container'].map(wholeWay),
    ],
  },
});

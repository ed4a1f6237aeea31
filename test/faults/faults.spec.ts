import { test } from '@playwright/test';
import { type PageServer, servePage } from '../fixtures/worker-page/serve-page.ts';
import { describePoint, faultPoints } from './fault-points.ts';
import { chunkBytes, chunksPerPackage } from './fault-world.ts';
import { runFaultPoint } from './run-fault-point.ts';

// The real store in a real Chromium against a real server. How many points and which: `npm run test:faults -- --seed N --runs M`.

const number = (name: string, otherwise: number) => Number(process.env[name] ?? otherwise);
const seed = number('ORILLA_FAULT_SEED', 1);
const only = process.env.ORILLA_FAULT_ONLY;
const points = faultPoints({
  seed,
  runs: number('ORILLA_FAULT_RUNS', 10),
  chunks: chunksPerPackage,
  chunkBytes,
}).filter(({ index }) => only === undefined || index === Number(only));

let server: PageServer;
test.beforeAll(async () => {
  server = await servePage({ isolated: false });
});
test.afterAll(() => server?.[Symbol.asyncDispose]());

for (const point of points)
  test(`seed ${seed}, point ${point.index}: ${describePoint(point)}`, ({ context }) =>
    runFaultPoint(point, { context, url: server.url }).catch((error: unknown) => {
      console.error(`To see it again: npm run test:faults -- --seed ${seed} --only ${point.index}`);
      throw error;
    }));

import { runSteps } from './check/run-steps.ts';
import { steps } from './check/steps.ts';

// npm run check: everything that must hold for the repository and needs no test to run.

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
try {
  const failed = await runSteps(steps, { signal: stop.signal });
  console.log(failed === 0 ? 'All checks hold.' : `${failed} of ${steps.length} checks failed.`);
  process.exitCode = failed === 0 ? 0 : 1;
} catch (error) {
  console.error(stop.signal.aborted ? 'Stopped.' : error);
  process.exitCode = stop.signal.aborted ? 130 : 1;
}

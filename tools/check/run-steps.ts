import type { CheckStep } from './check-step.ts';

export interface RunStepsOptions {
  signal?: AbortSignal;
  log?: (line: string) => void;
  /** Milliseconds; only differences matter. */
  now?: () => number;
}

/** Runs every step, also after one has failed, tells about each as it ends, and returns how many failed. */
export async function runSteps(
  steps: readonly CheckStep[],
  { signal, log = console.log, now = () => performance.now() }: RunStepsOptions = {},
): Promise<number> {
  let failed = 0;
  for (const step of steps) {
    signal?.throwIfAborted();
    const begun = now();
    const result = await step.run(signal ? { signal } : {});
    const took = `${((now() - begun) / 1000).toFixed(1)} s`;
    if (result.ok) {
      log(`ok    ${step.name} (${took})`);
      continue;
    }
    failed++;
    log(`FAIL  ${step.name} (${took})`);
    log(result.findings.replace(/^/gm, '      '));
  }
  return failed;
}

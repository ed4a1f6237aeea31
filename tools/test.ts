import { ensureChromium } from './chromium/find-chromium.ts';
import { ensureStarterModel } from './model/starter-model.ts';
import { addCounts, type Counts, countsLine, exitCodeOf } from './test/counts.ts';
import { faultOptions } from './test/fault-options.ts';
import { bringPartNeeds } from './test/part-needs.ts';
import { type Part, projectsOf, selectParts } from './test/parts.ts';
import { runPlaywright, runVitest } from './test/runners.ts';
import { startTestedVllm } from './test/tested-vllm.ts';

// npm test [-- part] [filters…]: brings what the tests need, runs them, and ends with `N passed, N failed`.

const log = (message: string) => console.log(message);

async function main(words: readonly string[], { signal }: { signal: AbortSignal }): Promise<Counts> {
  const faults = faultOptions(words);
  const { parts, isSlice, filters } = selectParts(faults.words);
  const chromium = await ensureChromium({ log, signal });
  log(`Chromium: ${chromium.executablePath} (${chromium.version})`);
  const model = await ensureStarterModel({ log, signal });
  log(`Starter model: ${model.path}`);

  const env: Record<string, string> = {
    CHROME_PATH: chromium.executablePath,
    ...faults.env,
    ...(isSlice && { ORILLA_SLICE: '1' }),
  };
  const runnable: Part[] = [];
  const notRun: string[] = [];
  for (const part of parts) {
    const needs = await bringPartNeeds(part, chromium, { log, signal });
    if ('notRun' in needs) notRun.push(`${part} tests not run: ${needs.notRun}`);
    else {
      Object.assign(env, needs.env);
      if (needs.leftOut !== undefined) notRun.push(needs.leftOut);
      runnable.push(part);
    }
  }

  const vllm = runnable.includes('vllm') ? await startTestedVllm(model.path, { log, signal }) : undefined;
  try {
    return await runParts(runnable, { env: { ...env, ...vllm?.env }, filters, signal });
  } finally {
    await vllm?.stop();
    for (const line of notRun) log(line);
  }
}

/** Said once more at the end: the runners say it in the middle of thousands of lines. */
const failures: string[] = [];

async function runParts(
  runnable: readonly Part[],
  options: { env: Readonly<Record<string, string>>; filters: readonly string[]; signal: AbortSignal },
): Promise<Counts> {
  const counts: Counts[] = [];
  const told = { ...options, onFailure: (line: string) => failures.push(line) };
  const inVitest = projectsOf(runnable, 'vitest');
  if (inVitest.length > 0) counts.push(await runVitest(inVitest, told));
  const inPlaywright = projectsOf(runnable, 'playwright');
  if (inPlaywright.length > 0) counts.push(await runPlaywright(inPlaywright, told));
  return addCounts(counts);
}

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
try {
  const counts = await main(process.argv.slice(2), { signal: stop.signal });
  for (const line of failures) log(line);
  log(countsLine(counts));
  process.exitCode = exitCodeOf(counts);
} catch (error) {
  console.error(stop.signal.aborted ? 'Stopped.' : error instanceof Error ? error.message : error);
  process.exitCode = stop.signal.aborted ? 130 : 1;
}

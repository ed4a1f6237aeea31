import { writeFile } from 'node:fs/promises';
import type { BenchOptions } from './command/bench-options.ts';
import { type BenchName, parseCommand } from './command/parse-command.ts';
import { busyShare } from './process/busy-share.ts';
import { allMet, type BenchResult, makeReport } from './report/report.ts';
import { reportText } from './report/report-text.ts';

/** Loaded when asked for: one bench needs a browser, another none. */
const benches: Readonly<Record<BenchName, (options: BenchOptions) => Promise<BenchResult>>> = {
  relay: async (options) => (await import('./relay/relay-bench.ts')).relayBench(options),
  engine: async (options) => (await import('./engine/engine-bench.ts')).engineBench(options),
  client: async () => (await import('./client/client-bench.ts')).clientBench(),
  weights: async (options) => (await import('./weights/weights-bench.ts')).weightsBench(options),
};

/** A machine may do so much beside the bench. */
const worthyShare = 0.15;

const stop = new AbortController();
// Children and browsers are ended by the scopes that started them, on the way out.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());

try {
  const { bench, jsonPath, ...asked } = parseCommand(process.argv.slice(2));
  const log = (message: string) => console.error(message);
  await warnOfOtherWork(log);
  const report = makeReport(bench, await benches[bench]({ ...asked, signal: stop.signal, log }));
  console.log(`\n${reportText(report)}`);
  if (jsonPath !== undefined) await writeFile(jsonPath, `${JSON.stringify(report, null, 2)}\n`);
  process.exitCode = allMet(report) ? 0 : 1;
} catch (error) {
  console.error(stop.signal.aborted ? 'Stopped.' : error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** Threads that share a model's work wait for the slowest of them: beside other work they are many times slower than alone. */
async function warnOfOtherWork(log: (message: string) => void): Promise<void> {
  const busy = await busyShare();
  if (busy > worthyShare)
    log(
      `This machine is ${Math.round(busy * 100)} % busy: its figures are not worth reporting. Let it come to rest first.`,
    );
}

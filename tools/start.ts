import { join } from 'node:path';
import { isAbortError, isOrillaError } from '@orilla/contract';
import { endingSignal } from '@orilla/relay';
import { runStart } from './start/run-start.ts';
import { readStartArguments, startUsage } from './start/start-arguments.ts';

// `npm start`. Whoever read the output may leave (a closed terminal, `| head`): nobody is there to use what runs.
const readerLeft = new AbortController();
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => readerLeft.abort());
const signal = AbortSignal.any([endingSignal(), readerLeft.signal]);

const print = (line: string) => process.stdout.write(`${line}\n`);
const complain = (line: string) => process.stderr.write(`${line}\n`);

try {
  const args = readStartArguments(process.argv.slice(2));
  if (args.help) print(startUsage);
  else {
    await runStart(args, {
      root: join(import.meta.dirname, '..'),
      env: process.env,
      print,
      complain,
      signal,
      elapsedMs: () => performance.now(),
    });
  }
} catch (error) {
  // Ending before it began is no failure: that was asked for.
  if (!isAbortError(error)) {
    const advice = isOrillaError(error) ? error.advice : undefined;
    complain([error instanceof Error ? error.message : String(error), advice].filter(Boolean).join(' '));
    process.exitCode = 1;
  }
}

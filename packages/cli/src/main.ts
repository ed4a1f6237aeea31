#!/usr/bin/env node
import { isAbortError } from '@orilla/contract';
import { endingSignal } from './commands/ending-signal.ts';
import { runCommand } from './commands/run-command.ts';

// Where standard output is closed (`orilla … | head`) there is nobody left to tell.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

try {
  process.exitCode = await runCommand(process.argv.slice(2), {
    env: process.env,
    print: (line) => process.stdout.write(`${line}\n`),
    complain: (line) => process.stderr.write(`${line}\n`),
    status: process.stderr.isTTY ? (text) => process.stderr.write(text) : undefined,
    signal: endingSignal(),
  });
} catch (error) {
  if (!isAbortError(error)) throw error;
  process.exitCode = 130;
}

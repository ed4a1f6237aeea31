#!/usr/bin/env node
import { isAbortError } from '@orilla/contract';
import { endingSignal } from './commands/ending-signal.ts';
import { runCommand } from './commands/run-command.ts';

// Where standard error is closed there is nobody left to tell; the relay goes on.
process.stderr.on('error', () => undefined);

try {
  process.exitCode = await runCommand(process.argv.slice(2), {
    env: process.env,
    print: (line) => process.stdout.write(`${line}\n`),
    complain: (line) => process.stderr.write(`${line}\n`),
    signal: endingSignal(),
  });
} catch (error) {
  // Told to end while it still read its configuration.
  if (!isAbortError(error)) throw error;
}

// A reader of standard error that stands still doesn't hold up the end; one of what was printed, `less` for instance, is waited for.
setTimeout(() => {
  if (process.stdout.writableLength === 0) process.exit();
}, 1_000).unref();

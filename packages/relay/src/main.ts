#!/usr/bin/env node
import { isAbortError } from '@orilla/contract';
import { runCommand } from './commands/run-command.ts';

// The command line. The first request to end lets answers finish; a second one doesn't wait.
const ending = new AbortController();
for (const request of ['SIGTERM', 'SIGINT'] as const) {
  process.on(request, () => {
    if (ending.signal.aborted) process.exit(130);
    ending.abort();
  });
}

try {
  const code = await runCommand(process.argv.slice(2), {
    env: process.env,
    print: (line) => process.stdout.write(`${line}\n`),
    complain: (line) => process.stderr.write(`${line}\n`),
    signal: ending.signal,
  });
  process.exitCode = code;
} catch (error) {
  if (!isAbortError(error)) throw error;
}

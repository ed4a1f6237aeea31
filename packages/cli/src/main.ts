#!/usr/bin/env node
import { isAbortError } from '@orilla/contract';
import { runCommand } from './commands/run-command.ts';

// Where standard output is closed (`orilla … | head`) there is nobody left to tell.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

// One ^C reaches a process twice where npx started it: the first one ends the work, further ones change nothing.
const ending = new AbortController();
for (const request of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(request, () => ending.abort());

try {
  process.exitCode = await runCommand(process.argv.slice(2), {
    env: process.env,
    print: (line) => process.stdout.write(`${line}\n`),
    complain: (line) => process.stderr.write(`${line}\n`),
    status: process.stderr.isTTY ? (text) => process.stderr.write(text) : undefined,
    signal: ending.signal,
  });
} catch (error) {
  if (!isAbortError(error)) throw error;
  process.exitCode = 130;
}

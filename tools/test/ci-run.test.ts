import { spawn } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from './scratch-folder.ts';

const script = join(import.meta.dirname, '..', '..', '.ci', 'run');

/** Runs .ci/run with an `npm` that answers each command line as `says` tells: what it prints and its exit code. */
async function ciRun(says: Record<string, [output: string, code: number]>) {
  await using folder = await scratchFolder();
  const cases = Object.entries(says).map(
    ([line, [text, code]]) => `'${line}') printf '%s\\n' '${text}'; exit ${code};;`,
  );
  await writeFile(join(folder.path, 'npm'), `#!/bin/sh\ncase "$*" in\n${cases.join('\n')}\nesac\n`);
  await chmod(join(folder.path, 'npm'), 0o755);
  const child = spawn('bash', [script], {
    env: { ...process.env, PATH: `${folder.path}:${process.env.PATH}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (bytes: Buffer) => {
    output += bytes.toString();
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output, lastLine: output.trimEnd().split('\n').at(-1) };
}

const noVllm = { 'run --silent vllm -- --check': ['', 1] as [string, number] };

test('ends with what the tests counted', async () => {
  const run = await ciRun({ ...noVllm, test: ['lines before\n12 passed, 0 failed', 0] });
  expect(run).toMatchObject({ code: 0, lastLine: '12 passed, 0 failed' });
  expect(run.output).toContain('test:vllm not run');
});

test('says how many seconds each step took', async () => {
  const { output } = await ciRun({ test: ['12 passed, 0 failed', 0], 'run test:vllm': ['30 passed, 0 failed', 0] });
  for (const step of ['npm ci', 'npm run check', 'npm test', 'npm run test:vllm'])
    expect(output).toMatch(new RegExp(`^${step}: \\d+ s$`, 'm'));
});

test('sums both runs when vLLM is in the cache', async () => {
  const run = await ciRun({ test: ['12 passed, 0 failed, 3 skipped', 0], 'run test:vllm': ['30 passed, 0 failed', 0] });
  expect(run).toMatchObject({ code: 0, lastLine: '42 passed, 0 failed' });
});

test('a failed test fails it, and the other run is still made', async () => {
  const run = await ciRun({ test: ['10 passed, 2 failed', 1], 'run test:vllm': ['30 passed, 1 failed', 1] });
  expect(run).toMatchObject({ code: 1, lastLine: '40 passed, 3 failed' });
});

test('a run that crashes without a last line is one failure', async () => {
  const run = await ciRun({ ...noVllm, test: ['Error: out of memory', 134] });
  expect(run).toMatchObject({ code: 1, lastLine: '0 passed, 1 failed' });
});

test('a run that exits with an error though nothing failed is one failure', async () => {
  const run = await ciRun({ ...noVllm, test: ['10 passed, 0 failed', 1] });
  expect(run).toMatchObject({ code: 1, lastLine: '10 passed, 1 failed' });
});

test('a run in which no test ran fails', async () => {
  const run = await ciRun({ ...noVllm, test: ['0 passed, 0 failed', 0] });
  expect(run).toMatchObject({ code: 1, lastLine: '0 passed, 0 failed' });
});

test.each(['ci', 'run check'])('ends at once, as failed, when npm %s fails', async (step) => {
  const run = await ciRun({ ...noVllm, [step]: ['it is broken', 1], test: ['12 passed, 0 failed', 0] });
  expect(run).toMatchObject({ code: 1, lastLine: '0 passed, 1 failed' });
  expect(run.output).not.toContain('12 passed');
});

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runTool } from './run-tool.ts';

const root = join(import.meta.dirname, '..', '..');

test('a tool that ends with 0 has found nothing', async () => {
  expect(await runTool('typescript', 'tsc', ['--version'])).toEqual({ ok: true });
});

test('another exit code is a fault, with what the tool wrote', async () => {
  const result = await runTool('typescript', 'tsc', ['-p', 'no-such-folder'], { cwd: root });
  expect(result).toEqual({ ok: false, findings: expect.stringContaining('no-such-folder') });
});

test('a tool that is not installed is an error that says what to do', async () => {
  await expect(runTool('no-such-tool', 'x', [])).rejects.toThrow(/no-such-tool is not installed; run npm ci/);
});

test('an abort is the signal’s reason', async () => {
  const run = runTool('typescript', 'tsc', ['--version'], { signal: AbortSignal.abort() });
  await expect(run).rejects.toMatchObject({ name: 'AbortError' });
});

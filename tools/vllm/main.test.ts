import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { scratchFolder } from '../test/scratch-folder.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Runs the command as a person would, with an empty cache. */
async function runMain(...args: string[]): Promise<{ exitCode: number | string; output: string }> {
  await using cache = await scratchFolder();
  const env = { ...process.env, ORILLA_CACHE: cache.path };
  return new Promise((resolve) => {
    execFile(process.execPath, ['--conditions=@orilla/source', main, ...args], { env }, (error, stdout, stderr) =>
      resolve({ exitCode: error?.code ?? 0, output: `${stdout}${stderr}` }),
    );
  });
}

test('--check ends with 1 when vLLM is not in the cache', async () => {
  expect(await runMain('--check')).toEqual({
    exitCode: 1,
    output: 'vLLM is not installed. npm run vllm installs it.\n',
  });
});

test('a wrong argument ends with 1 and a sentence, not with a stack', async () => {
  expect(await runMain('--port', 'http')).toEqual({
    exitCode: 1,
    output: '--port must be a number from 0 to 65535; 0 takes a free port.\n',
  });
});

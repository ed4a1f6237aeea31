import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from './free-port.ts';
import { scriptRunner } from './script-runner.ts';
import { type StartVllmOptions, startVllm } from './serve.ts';

/**
 * What is tested here is starting, watching and ending a server. It stands in for vLLM, which takes a minute and 6 GB:
 * `npm run test:vllm` has the real one.
 */
const server = `
const argument = (flag) => process.argv[process.argv.indexOf(flag) + 1];
const routes = {
  '/health': () => '',
  '/metrics': () => 'vllm:num_requests_running{engine="0"} 0.0\\n',
  '/inside': () => JSON.stringify({ arguments: process.argv.slice(2), key: process.env.VLLM_API_KEY, tmp: process.env.TMPDIR }),
  '/crash': () => { console.error('a prompt that somebody sent'); process.exit(9); },
};
require('node:http')
  .createServer((request, response) => response.end(routes[request.url]()))
  .listen(Number(argument('--port')), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
`;

async function start(options: Partial<StartVllmOptions> = {}, program: string = server) {
  const runner = await scriptRunner();
  onTestFinished(() => runner[Symbol.asyncDispose]());
  const vllmBin = join(runner.path, 'vllm');
  await writeFile(vllmBin, program);
  const vllm = { python: runner.program, vllmBin, modelDir: '/models/smollm2' };
  const running = await startVllm({ vllm, ...options });
  onTestFinished(() => running.stop());
  const inside = async () => (await fetch(`${running.url}/inside`)).json();
  return { running, inside };
}

test('answers on a free port of 127.0.0.1 with the model and the context length asked for', async () => {
  const { running, inside } = await start({ maxModelLen: 2048 });
  expect(running.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect((await inside()).arguments.join(' ')).toMatch(/^serve \/models\/smollm2 .*--max-model-len 2048/);
});

test('answers on the port asked for', async () => {
  const port = await freePort();
  expect((await start({ port })).running.url).toBe(`http://127.0.0.1:${port}`);
});

test('a port that is taken is an error before anything is started', async () => {
  const { running } = await start();
  await expect(start({ port: Number(new URL(running.url).port) })).rejects.toThrow('is in use');
});

test('asks for the key it was given', async () => {
  const { running, inside } = await start({ apiKey: 'sk-of-a-test' });
  expect(running.apiKey).toBe('sk-of-a-test');
  expect((await inside()).key).toBe('sk-of-a-test');
});

test('without a key makes one up, another each time', async () => {
  const [first, second] = await Promise.all([start(), start()]);
  expect(first.running.apiKey).toMatch(/^sk-[0-9a-f]{32}$/);
  expect((await first.inside()).key).toBe(first.running.apiKey);
  expect(second.running.apiKey).not.toBe(first.running.apiKey);
});

test('gives the metrics as they are', async () => {
  const { running } = await start();
  expect(await running.metrics()).toBe('vllm:num_requests_running{engine="0"} 0.0\n');
});

test('stop leaves no process, no listener and no temporary file', async () => {
  const { running, inside } = await start();
  const { tmp } = await inside();
  await access(tmp);
  await running.stop();
  expect(await running.ended).toBe('vLLM ended with exit code 0.');
  expect(() => process.kill(running.pid, 0)).toThrow('ESRCH');
  await expect(fetch(running.url)).rejects.toThrow('fetch failed');
  await expect(access(tmp)).rejects.toThrow('ENOENT');
});

test('an end that nobody asked for is told, without what the server printed', async () => {
  const { running } = await start();
  await expect(fetch(`${running.url}/crash`)).rejects.toThrow('fetch failed');
  expect(await running.ended).toBe('vLLM ended with exit code 9.');
});

test('a death before it is ready is told with the last lines', async () => {
  await expect(start({}, 'console.error("no such model"); process.exitCode = 2')).rejects.toThrow(
    'vLLM ended with exit code 2 before it was ready. Its last lines:\nno such model',
  );
});

test('an abort ends the start', async () => {
  const controller = new AbortController();
  const reason = new DOMException('stopped', 'AbortError');
  const log = () => setTimeout(() => controller.abort(reason), 300);
  await expect(start({ signal: controller.signal, log }, 'setInterval(() => {}, 1000)')).rejects.toBe(reason);
});

test('a signal that is aborted already starts nothing', async () => {
  const signal = AbortSignal.abort();
  const said: string[] = [];
  await expect(start({ signal, log: (message) => said.push(message) })).rejects.toBe(signal.reason);
  expect(said).toEqual([]);
});

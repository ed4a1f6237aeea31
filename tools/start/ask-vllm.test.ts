import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { askVllm } from './ask-vllm.ts';
import { readStartArguments } from './start-arguments.ts';

const { signal } = new AbortController();

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

const models: RequestListener = (request, response) => {
  if (request.headers.authorization !== 'Bearer sk-test') {
    response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":"Unauthorized"}');
    return;
  }
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ data: [{ id: 'qwen', max_model_len: 4096 }, { id: 'lora' }, { no: 'id' }] }));
};

const ask = (url: string, more: readonly string[] = [], apiKey: string | undefined = 'sk-test') => {
  const { vllm } = readStartArguments(['--vllm', url, ...more]);
  if (!vllm) throw new Error('unreachable: it was given');
  return askVllm(vllm, { apiKey, signal, timeoutMs: 500 });
};

test('the first model is taken, or the one that is named, with its context', async () => {
  const url = await serve(models);
  expect(await ask(url)).toEqual({ name: 'qwen', contextLength: 4096 });
  expect(await ask(url, ['--vllm-model', 'lora'])).toEqual({ name: 'lora', contextLength: undefined });
});

test('a model that is not there is told together with those that are', async () => {
  await expect(ask(await serve(models), ['--vllm-model', 'gpt'])).rejects.toThrow(
    'has no model gpt. Name one of these with --vllm-model: qwen, lora.',
  );
});

test('a missing key is told with the way to give it', async () => {
  await expect(ask(await serve(models), [], 'wrong')).rejects.toThrow('--vllm-key-env NAME');
});

test.each([
  ['nobody', async () => 'http://127.0.0.1:1', 'No vLLM answers at http://127.0.0.1:1. Start it first'],
  ['somebody who says nothing', () => serve(() => undefined), 'No vLLM answers'],
  ['a page', () => serve((_, response) => response.end('<html>')), 'No vLLM answers'],
  ['a redirect', () => serve((_, response) => response.writeHead(302, { location: '/' }).end()), 'No vLLM answers'],
  ['another server', () => serve((_, response) => response.writeHead(404).end('{}')), 'answers with status 404'],
  ['a vLLM without a model', () => serve((_, response) => response.end('{"data":[]}')), 'tells of no model'],
])('%s at the address is told', async (_, url, message) => {
  await expect(ask(await url())).rejects.toThrow(message);
});

test('an abort is an abort', async () => {
  const { vllm } = readStartArguments(['--vllm', 'http://127.0.0.1:1']);
  if (!vllm) throw new Error('unreachable: it was given');
  await expect(askVllm(vllm, { apiKey: undefined, signal: AbortSignal.abort() })).rejects.toMatchObject({
    name: 'AbortError',
  });
});

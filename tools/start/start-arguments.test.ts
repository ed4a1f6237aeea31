import { expect, test } from 'vitest';
import { readStartArguments, startUsage } from './start-arguments.ts';

test('nothing asked for is everything by default', () => {
  expect(readStartArguments([])).toEqual({
    port: undefined,
    config: undefined,
    vllm: undefined,
    modelUrl: undefined,
    build: true,
    app: true,
    help: false,
  });
});

test('ports, switches and a configuration are read', () => {
  expect(readStartArguments(['--port', '0', '--no-build', '--config', 'relay.yaml'])).toMatchObject({
    port: 0,
    build: false,
    config: 'relay.yaml',
  });
  expect(readStartArguments(['--no-app', '-h'])).toMatchObject({ app: false, help: true });
});

test.each([
  ['http://127.0.0.1:8000', 'http://127.0.0.1:8000/'],
  ['http://127.0.0.1:8000/', 'http://127.0.0.1:8000/'],
  ['http://127.0.0.1:8000/v1', 'http://127.0.0.1:8000/'],
  ['https://gpu.example.org/vllm/v1/', 'https://gpu.example.org/vllm'],
])('the address of a vLLM is taken with or without /v1: %s', (given, url) => {
  expect(readStartArguments(['--vllm', given]).vllm?.url.href).toBe(url);
});

test('a vLLM may have a key in the environment, a model and a zone', () => {
  const args = ['--vllm', 'http://a', '--vllm-key-env', 'KEY', '--vllm-model', 'm', '--vllm-zone', 'own-cloud'];
  expect(readStartArguments(args).vllm).toMatchObject({ keyEnv: 'KEY', model: 'm', zone: 'own-cloud' });
  expect(readStartArguments(['--vllm', 'http://a']).vllm).toMatchObject({ zone: 'on-premises', model: undefined });
});

test('the model may come from another address', () => {
  const { modelUrl } = readStartArguments(['--model-url', 'https://files.example/a/model.gguf?x=1']);
  expect(modelUrl?.href).toBe('https://files.example/a/model.gguf?x=1');
});

test.each([
  [['--port', 'x'], '--port takes a number'],
  [['--port', '65536'], '--port takes a number'],
  [['--port=-1'], '--port takes a number'],
  [['--prot', '1'], "Unknown option '--prot'"],
  [['--vllm', '127.0.0.1:8000'], '--vllm takes an address'],
  [['--vllm', 'ftp://a'], '--vllm takes an address'],
  [['--vllm', 'http://me:secret@a'], '--vllm takes no password'],
  [['--vllm', 'http://a', '--vllm-zone', 'moon'], '--vllm-zone takes one of on-premises'],
  [['--model-url', 'model.gguf'], '--model-url takes the address of a file'],
  [['--model-url', 'file:///model.gguf'], '--model-url takes the address of a file'],
  [['--model-url', 'https://me:secret@a/m.gguf'], '--model-url takes no password'],
  [['--vllm-model', 'm'], 'Say where it is, too'],
  [['--vllm', 'http://a', '--config', 'c'], '--vllm and --config'],
  [['something'], 'Unexpected argument'],
])('%j is not understood, and says why', (args, message) => {
  expect(() => readStartArguments(args)).toThrow(message);
});

test('every option is told', () => {
  for (const option of [
    '--port',
    '--vllm',
    '--vllm-key-env',
    '--vllm-model',
    '--vllm-zone',
    '--model-url',
    '--config',
    '--no-build',
    '--no-app',
  ])
    expect(startUsage).toContain(option);
});

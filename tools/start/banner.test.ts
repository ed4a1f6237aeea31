import { expect, test } from 'vitest';
import { banner } from './banner.ts';
import { startConfig } from './start-config.ts';

const config = startConfig({
  port: 0,
  modelPath: '/cache/models/starter.gguf',
  mirrorFolder: '/cache/mirror',
  appFolder: '/demo',
  vllm: undefined,
});
const vllm = {
  name: 'qwen',
  contextLength: 4_096,
  url: new URL('http://127.0.0.1:8000'),
  apiKey: 'sk-secret',
  zone: 'own-cloud' as const,
};

test('it tells where everything is, what runs with how much of the machine, and how to have a vLLM instead', () => {
  const text = banner('http://127.0.0.1:8787', config);
  for (const part of [
    'demo    http://127.0.0.1:8787/\n',
    'relay   http://127.0.0.1:8787/v1',
    'it needs no key',
    'mirror  http://127.0.0.1:8787/orilla/v1/models',
    "model   smollm2-135m   on this machine's CPU: ",
    '2 answers at a time, 8,192 tokens of context',
    'npm start -- --vllm',
  ])
    expect(text).toContain(part);
});

test('a vLLM is told with its address and zone, and never with its key', () => {
  const text = banner(
    'http://127.0.0.1:8787',
    startConfig({
      port: 0,
      modelPath: 'm',
      mirrorFolder: 'f',
      appFolder: undefined,
      vllm,
    }),
  );
  expect(text).toContain('qwen   from http://127.0.0.1:8000 (own-cloud)');
  expect(text).not.toContain('sk-secret');
  expect(text).not.toContain('demo');
  expect(text).not.toContain('npm start -- --vllm');
});

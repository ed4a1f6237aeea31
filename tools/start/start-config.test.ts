import { expect, test } from 'vitest';
import { defaultCatalog } from '../../demo/src/catalog.ts';
import { completeConfig, startConfig } from './start-config.ts';

const options = {
  port: 8787,
  modelPath: '/m.gguf',
  mirrorFolder: '/mirror',
  appFolder: '/app',
  vllm: undefined,
};
const vllm = {
  name: 'qwen',
  contextLength: 4096,
  url: new URL('http://127.0.0.1:8000'),
  apiKey: 'sk',
  zone: 'on-premises',
} as const;

test('by default this machine alone is served, by the embedded upstream', () => {
  const config = startConfig(options);
  expect(config.listen).toEqual({ host: '127.0.0.1', port: 8787 });
  expect(config.access).toEqual({ keys: [], cors: { origins: [] } });
  expect(config.upstreams).toMatchObject([
    { name: 'embedded', kind: 'embedded', zone: 'on-premises', embedded: { sequences: 2, contextLength: 8192 } },
  ]);
  expect(config.models).toEqual([
    { name: 'smollm2-135m', upstreams: [{ upstream: 'embedded', model: 'smollm2-135m' }], contextLength: 8192 },
  ]);
  expect(config.catalog).toBe(defaultCatalog);
});

test('a vLLM with another model stands beside it, and the page is told of both', () => {
  const config = startConfig({ ...options, vllm });
  expect(config.upstreams.map(({ name, apiKey }) => [name, apiKey])).toEqual([
    ['embedded', undefined],
    ['vllm', 'sk'],
  ]);
  expect(config.models.map(({ name }) => name)).toEqual(['smollm2-135m', 'qwen']);
  expect(config.catalog).toEqual({
    models: { ...defaultCatalog.models, qwen: { title: 'qwen', device: [], relay: { model: 'qwen' } } },
  });
});

test('a vLLM with the same model takes its place', () => {
  const config = startConfig({ ...options, vllm: { ...vllm, name: 'smollm2-135m' } });
  expect(config.upstreams.map(({ name }) => name)).toEqual(['vllm']);
  expect(config.models).toHaveLength(1);
  expect(config.catalog).toBe(defaultCatalog);
});

test('a public vLLM can be reached by who asks for it, and by nobody else', () => {
  const config = startConfig({ ...options, vllm: { ...vllm, zone: 'public' } });
  expect(config.privacy).toEqual({ ceiling: { label: 'public' }, default: { label: 'organization' } });
});

test("a configuration of one's own gets the mirror and the demo where it has none, and another port where one is given", () => {
  const own = startConfig({ ...options, appFolder: undefined });
  const bare = { ...own, mirror: undefined };
  expect(completeConfig(bare, { port: 1, mirrorFolder: '/mirror', appFolder: '/app' })).toMatchObject({
    listen: { port: 1 },
    mirror: { folder: '/mirror' },
    app: { folder: '/app' },
  });
  const full = { ...own, app: { folder: '/mine', connect: [] }, mirror: { folder: '/own' } };
  expect(completeConfig(full, { port: undefined, mirrorFolder: '/mirror', appFolder: '/app' })).toEqual(full);
});

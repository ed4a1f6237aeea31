import type { DevicePackage } from '@orilla/contract';
import { expect, test } from 'vitest';
import { absoluteSources } from './absolute-sources.ts';

const hub = { kind: 'hub', repository: 'owner/name', revision: 'main', path: 'model.gguf' } as const;
const pkg: DevicePackage = {
  id: 'tiny',
  engine: 'llamacpp',
  bytes: 1,
  contextLength: 1,
  memory: { weights: 1, kvPerToken: 1, scratch: 1 },
  license: 'Apache-2.0',
  sources: [{ kind: 'mirror', url: '/models/tiny/' }, { kind: 'mirror', url: 'https://models.example/tiny/' }, hub],
};

test('counts relative mirrors from the page, and leaves absolute ones and hubs alone', () => {
  expect(absoluteSources(pkg, 'https://app.example/chat/').sources).toEqual([
    { kind: 'mirror', url: 'https://app.example/models/tiny/' },
    { kind: 'mirror', url: 'https://models.example/tiny/' },
    hub,
  ]);
});

test('leaves all as it is where there is no page', () => {
  expect(absoluteSources(pkg, undefined)).toBe(pkg);
});

test('what makes no address is left for the worker to pass over', () => {
  const bad = { kind: 'mirror', url: 'http://' } as const;
  expect(absoluteSources({ ...pkg, sources: [bad, hub] }, 'https://app.example/').sources).toEqual([bad, hub]);
});

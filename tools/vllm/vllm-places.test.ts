import { expect, test } from 'vitest';
import { vllmPlaces, vllmVersion } from './vllm-places.ts';

test('everything lies under one root, which deleting removes whole', () => {
  const { root, ...others } = vllmPlaces('/cache/vllm');
  expect(root).toBe('/cache/vllm');
  for (const place of Object.values(others)) expect(place.startsWith('/cache/vllm/')).toBe(true);
});

test('two versions do not share a folder', () => {
  expect(vllmPlaces().root.endsWith(`/vllm/${vllmVersion}`)).toBe(true);
});

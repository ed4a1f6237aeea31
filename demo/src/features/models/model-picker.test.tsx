import type { DeviceFacts } from '@orilla/contract';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { defaultCatalog } from '../../catalog.ts';
import { ModelPicker } from './model-picker.tsx';

const device: DeviceFacts = {
  webgpu: null,
  crossOriginIsolated: true,
  isSecureContext: true,
  processors: 2,
  memoryBudgetBytes: 2_000_000_000,
  storage: null,
  engines: { llamacpp: { features: [], backend: 'wasm' } },
  memoryBasis: 'rule',
  key: '',
  rates: {},
};

function options(facts: DeviceFacts | null | undefined, stored: readonly string[] = []): string[] {
  const markup = renderToStaticMarkup(
    <ModelPicker
      catalog={defaultCatalog}
      facts={facts}
      stored={new Set(stored)}
      selected="smollm2-135m"
      onSelect={() => undefined}
    />,
  );
  return [...markup.matchAll(/<label.*?<\/label>/g)].map(([label]) =>
    label
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  );
}

test('tells of each model its size and whether this device could run it', () => {
  expect(options(device)).toEqual([
    'SmolLM2 135M 98.4 MB · Fits this device',
    'Qwen2.5 0.5B 491 MB · Fits this device',
    'Qwen2.5 1.5B 1.1 GB · Fits this device',
    'Qwen3 4B 2.5 GB · Too large for this device',
  ]);
});

test('a model that is stored is ready', () => {
  expect(options(device, ['smollm2-135m-instruct-q4_1'])[0]).toBe('SmolLM2 135M 98.4 MB · Ready');
});

test('before the device has answered only the sizes are told', () => {
  expect(options(undefined)[0]).toBe('SmolLM2 135M 98.4 MB');
});

test('a browser that runs no models says so of each', () => {
  expect(options(null).every((option) => option.includes('This browser can&#x27;t run models'))).toBe(true);
});

test('the button names the model that is chosen, and the list marks it', () => {
  const markup = renderToStaticMarkup(
    <ModelPicker
      catalog={defaultCatalog}
      facts={device}
      stored={new Set()}
      selected="qwen3-4b"
      onSelect={() => undefined}
    />,
  );
  expect(markup).toContain('aria-label="Model: Qwen3 4B"');
  expect(markup).toMatch(/<input type="radio"[^>]*checked=""[^>]*value="qwen3-4b"|value="qwen3-4b"[^>]*checked=""/);
});

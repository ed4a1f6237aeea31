import type { LoadedModel, Receipt, ReceiptPart, Route } from '@orilla/contract';
import { expect, test } from 'vitest';
import { en } from '../../i18n/en.ts';
import { es } from '../../i18n/es.ts';
import { answerPlace, placeName } from './place.ts';

const onDevice: Route = { place: 'device', model: 'pkg', packageId: 'pkg', reasons: [] };
const onRelay: Route = {
  place: 'relay',
  model: 'm',
  reasons: [{ rule: 'fit', verdict: 'too-large', needBytes: 2, haveBytes: 1 }],
};
const wasm: LoadedModel = { engine: 'llamacpp', backend: 'wasm', contextLength: 2048, threads: 2 };
const devicePart: ReceiptPart = {
  place: 'device',
  engine: 'llamacpp',
  backend: 'webgpu',
  packageId: 'pkg',
  tokens: 9,
  threads: 1,
  gpuLayers: { offloaded: 31, total: 31 },
};
const receiptOf = (...parts: ReceiptPart[]): Receipt => ({
  requestId: 'r',
  startedAt: '2026-01-01T00:00:00.000Z',
  privacy: { label: 'organization' },
  reasons: [],
  parts,
  usage: null,
  finishReason: 'stop',
});

test('the receipt says which backend computed, whatever is loaded now', () => {
  const place = answerPlace(onDevice, receiptOf(devicePart), wasm);
  expect(placeName(place, en)).toBe('On this device · GPU');
  expect(placeName(place, es)).toBe('En este dispositivo · GPU');
});

test('while an answer streams, the loaded model says which backend computes', () => {
  const place = answerPlace(onDevice, null, wasm);
  expect(place).toMatchObject({ computedOn: 'cpu', threads: 2 });
  expect(placeName(place, en)).toBe('On this device · CPU');
});

test('the backend is never guessed: without any word of it the badge names the place alone', () => {
  const place = answerPlace(onDevice, null, null);
  expect(placeName(place, en)).toBe('On this device');
});

test('threads are told for the CPU only', () => {
  expect(answerPlace(onDevice, receiptOf(devicePart), null)).toMatchObject({ threads: null });
  expect(answerPlace(onDevice, receiptOf({ ...devicePart, backend: 'wasm', threads: 4 }), null)).toMatchObject({
    threads: 4,
  });
});

test('an answer of the relay keeps the reasons of its route', () => {
  const place = answerPlace(onRelay, null, wasm);
  expect(placeName(place, en)).toBe("On your organization's server");
  expect(place.reasons).toEqual(onRelay.reasons);
});

test('a receipt without parts, of an answer that was stopped at once, falls back to the route', () => {
  expect(answerPlace(onRelay, receiptOf(), null).place).toBe('relay');
  expect(answerPlace(onDevice, receiptOf(), wasm)).toMatchObject({ place: 'device', computedOn: 'cpu' });
});

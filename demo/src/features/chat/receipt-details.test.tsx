import type { Receipt, ReceiptPart } from '@orilla/contract';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { AnswerPlace } from './place.ts';
import { ReceiptDetails } from './receipt-details.tsx';

const receipt: Receipt = {
  requestId: 'chatcmpl-1',
  startedAt: '2026-03-04T05:06:07.000Z',
  privacy: { label: 'organization' },
  reasons: [
    { rule: 'privacy', verdict: 'relay-allowed', label: 'organization' },
    { rule: 'capability', verdict: 'can-run' },
  ],
  parts: [],
  usage: { prompt_tokens: 27, completion_tokens: 1_234, total_tokens: 1_261 },
  finishReason: 'stop',
};
const onDevice: AnswerPlace = { place: 'device', computedOn: 'cpu', threads: 2, reasons: [] };
const onRelay: AnswerPlace = { place: 'relay', reasons: [] };
const devicePart: ReceiptPart = {
  place: 'device',
  engine: 'llamacpp',
  backend: 'wasm',
  packageId: 'starter',
  tokens: 7,
  threads: 2,
};

/** Names and values of the list, as a reader of the page pairs them. */
function rows(part: Receipt['parts'], place: AnswerPlace, more: Partial<Receipt> = {}): Record<string, string> {
  const markup = renderToStaticMarkup(<ReceiptDetails receipt={{ ...receipt, parts: part, ...more }} place={place} />);
  const pairs = [...markup.matchAll(/<dt>(.*?)<\/dt><dd>(.*?)<\/dd>/g)];
  return Object.fromEntries(pairs.map(([, name, value]) => [name, value?.replace(/<[^>]*>/g, ' ').trim()]));
}

test('tells engine, backend, threads and package of an answer computed here', () => {
  expect(rows([devicePart], onDevice)).toMatchObject({
    Model: 'starter',
    Engine: 'llamacpp',
    Backend: 'WebAssembly (CPU)',
    Threads: '2',
    'Privacy label': 'Within your organization',
    Tokens: '27 in the question, 1,234 in the answer',
    Request: 'chatcmpl-1',
  });
});

test('on the GPU it tells the layers that are there, as the engine reports them, and no threads', () => {
  const told = rows([{ ...devicePart, backend: 'webgpu', gpuLayers: { offloaded: 31, total: 31 } }], onDevice);
  expect(told).toMatchObject({ Backend: 'WebGPU', 'Layers on the GPU': '31/31' });
  expect(told).not.toHaveProperty('Threads');
});

test('of the server it tells the zone, and that this is the server’s word', () => {
  const part: ReceiptPart = { place: 'relay', model: 'served', zone: 'on-premises', tokens: 3 };
  expect(rows([part], onRelay)).toMatchObject({ Model: 'served', Zone: 'on-premises' });
  expect(rows([{ ...part, zone: null }], onRelay)).toMatchObject({ Zone: 'not told' });
  const markup = renderToStaticMarkup(<ReceiptDetails receipt={{ ...receipt, parts: [part] }} place={onRelay} />);
  expect(markup).toContain('its word, not a proof');
});

test('of this device it claims nothing about a server', () => {
  const markup = renderToStaticMarkup(
    <ReceiptDetails receipt={{ ...receipt, parts: [devicePart] }} place={onDevice} />,
  );
  expect(markup).not.toContain('its word, not a proof');
});

test('an answer that moved has the rows of both places', () => {
  const told = renderToStaticMarkup(
    <ReceiptDetails
      receipt={{ ...receipt, parts: [devicePart, { place: 'relay', model: 'served', zone: 'own-cloud', tokens: 3 }] }}
      place={onRelay}
    />,
  );
  expect(told).toContain('starter');
  expect(told).toContain('own-cloud');
});

test('the reasons stand in the order in which the rules were asked', () => {
  expect(rows([devicePart], onDevice)['Why here']).toMatch(
    /^May travel: within your organization\s+This device can run the model$/,
  );
});

test('without usage, of an answer that was stopped, it tells no tokens', () => {
  expect(rows([devicePart], onDevice, { usage: null })).not.toHaveProperty('Tokens');
});

test('it is folded away, under the badge', () => {
  const markup = renderToStaticMarkup(<ReceiptDetails receipt={receipt} place={onDevice} />);
  expect(markup).toMatch(/^<details(?![^>]*open)/);
  expect(markup).toMatch(/<summary>.*On this device · CPU.*Receipt.*<\/summary>/);
});

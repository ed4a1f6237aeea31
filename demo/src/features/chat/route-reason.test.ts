import type { RouteReason } from '@orilla/contract';
import { expect, test } from 'vitest';
import { en } from '../../i18n/en.ts';
import { es } from '../../i18n/es.ts';
import { describeReason, mainReason } from './route-reason.ts';

const allowed: RouteReason = { rule: 'privacy', verdict: 'relay-allowed', label: 'organization' };
const canRun: RouteReason = { rule: 'capability', verdict: 'can-run' };
const tooLarge: RouteReason = { rule: 'fit', verdict: 'too-large', needBytes: 64e9, haveBytes: 2e9 };
const fits: RouteReason = { rule: 'fit', verdict: 'fits', needBytes: 162e6, haveBytes: 2e9 };
const tooLong: RouteReason = {
  rule: 'context',
  verdict: 'too-long',
  promptTokens: { exact: 3000 },
  maxTokens: 512,
  contextLength: 2048,
};
const plain = (text: string | null) => text?.replace(/\s/g, ' ') ?? null;

test('a model that needs too much memory is too large for this device', () => {
  expect(mainReason([allowed, canRun, tooLarge], en)).toBe('Too large for this device');
  expect(mainReason([allowed, canRun, tooLarge], es)).toBe('Demasiado grande para este dispositivo');
});

test('a long prompt is longer than this device’s context', () => {
  expect(mainReason([allowed, canRun, fits, tooLong], en)).toBe("Longer than this device's context");
});

test('of several packages the last obstacle counts', () => {
  expect(mainReason([allowed, canRun, tooLarge, canRun, fits, tooLong], en)).toBe("Longer than this device's context");
});

test('an answer that ran here needs no excuse', () => {
  expect(mainReason([allowed, canRun, fits], en)).toBeNull();
  expect(mainReason([], en)).toBeNull();
});

test('says that the device failed where the relay took over', () => {
  const failed: RouteReason = { rule: 'capability', verdict: 'device-failed', code: 'engine.load-failed' };
  expect(mainReason([allowed, canRun, fits, failed], en)).toBe('The model failed on this device');
  expect(describeReason(failed, en)).toBe('The model failed on this device (engine.load-failed)');
});

test('tells each reason with its numbers', () => {
  const told = [allowed, canRun, fits, tooLarge, tooLong].map((reason) => plain(describeReason(reason, en)));
  expect(told).toEqual([
    'May travel: within your organization',
    'This device can run the model',
    'Fits in memory: 162 MB of 2.0 GB',
    'Too large: needs 64.0 GB, this device has 2.0 GB',
    'Too long: 3,000 + 512 tokens, the context here is 2,048',
  ]);
});

test('says where a count of tokens is only a bound', () => {
  const reason: RouteReason = {
    rule: 'context',
    verdict: 'fits',
    promptTokens: { upperBound: 142 },
    maxTokens: 512,
    contextLength: 2048,
  };
  expect(describeReason(reason, en)).toBe('Fits the context: at most 142 + 512 of 2,048 tokens');
  expect(describeReason(reason, es)).toBe('Cabe en el contexto: como mucho 142 + 512 de 2048 tokens');
});

test('tells the rest in plain words', () => {
  const rest: RouteReason[] = [
    { rule: 'privacy', verdict: 'device-only', label: 'device' },
    { rule: 'capability', verdict: 'no-device-package' },
    { rule: 'capability', verdict: 'device-unavailable', missing: 'Web Workers' },
    { rule: 'capability', verdict: 'unsupported', feature: 'tools' },
    { rule: 'capability', verdict: 'no-relay' },
    { rule: 'capability', verdict: 'other-task', task: 'embedding' },
    { rule: 'capability', verdict: 'set-aside', engine: 'onnx', code: 'engine.crashed' },
    { rule: 'speed', verdict: 'fastest', expectedMs: 1_200, nextMs: 3_400 },
    { rule: 'speed', verdict: 'kept-open', expectedMs: 1_200, fastestMs: 1_100 },
  ];
  for (const reason of rest) {
    for (const dictionary of [en, es]) expect(describeReason(reason, dictionary)).not.toBe('');
  }
  expect(rest.slice(1, 4).map((reason) => mainReason([allowed, reason], en))).toEqual([
    'This model runs on the server only',
    "This browser can't run models",
    "Asks for something the model here can't do",
  ]);
});

import { type ErrorCode, errorCodes, OrillaError } from '@orilla/contract';
import { expect, test } from 'vitest';
import { dictionaries } from '../../i18n/languages.ts';
import type { ModelFit } from '../models/model-fit.ts';
import { toShownError } from './error-kind.ts';

const codes = Object.keys(errorCodes) as ErrorCode[]; // Object.keys widens the keys of a closed record

test('every error code has a card in every language', () => {
  for (const code of codes) {
    const shown = toShownError(new OrillaError(code, 'Something happened.'), 'organization');
    for (const dictionary of Object.values(dictionaries)) {
      const text = dictionary.errors[shown.kind];
      expect(text.what, code).not.toBe('');
      expect(text.why, code).not.toBe('');
      expect(text.advice, code).not.toBe('');
    }
  }
});

test('keeps the code, the sentence and whether a retry makes sense', () => {
  const error = new OrillaError('storage.download-failed', 'The connection dropped at byte 7.');
  expect(toShownError(error, 'organization')).toEqual({
    kind: 'downloadStopped',
    code: 'storage.download-failed',
    message: 'The connection dropped at byte 7.',
    isRetryable: true,
  });
});

const fits: ModelFit = {
  verdict: 'fits',
  pkg: {
    id: 'p',
    engine: 'llamacpp',
    bytes: 1,
    contextLength: 2048,
    memory: { weights: 1, kvPerToken: 1, scratch: 1 },
    license: 'Apache-2.0',
    sources: [],
  },
};
const tooLarge: ModelFit = {
  verdict: 'blocked',
  reason: { rule: 'fit', verdict: 'too-large', needBytes: 2, haveBytes: 1 },
};
const noDevice: ModelFit = {
  verdict: 'blocked',
  reason: { rule: 'capability', verdict: 'device-unavailable', missing: 'Web Workers' },
};

test.each([
  ['routing.privacy-forbids', fits, 'deviceTooLong'],
  ['routing.nowhere', fits, 'deviceTooLong'],
  ['engine.context-exceeded', null, 'deviceTooLong'],
  ['routing.privacy-forbids', tooLarge, 'deviceTooLarge'],
  ['routing.privacy-forbids', noDevice, 'deviceOnly'],
  ['routing.privacy-forbids', null, 'deviceOnly'],
] as const)('says what stood in the way when a question labelled device ends with %s', (code, fit, kind) => {
  expect(toShownError(new OrillaError(code, 'No place.'), 'device', fit).kind).toBe(kind);
});

test('every card of a question that may not leave says that nothing was sent', () => {
  for (const kind of ['deviceOnly', 'deviceTooLarge', 'deviceTooLong'] as const) {
    expect(dictionaries.en.errors[kind].why).toContain('Nothing was sent.');
    expect(dictionaries.es.errors[kind].why).toContain('No se envió nada.');
  }
});

test('does not claim that nothing left when the label let the question travel', () => {
  expect(toShownError(new OrillaError('routing.nowhere', 'No place.'), 'organization').kind).toBe('nowhere');
  expect(toShownError(new OrillaError('engine.context-exceeded', 'Too long.'), 'organization').kind).toBe(
    'contextExceeded',
  );
});

test('keeps the failure of the device apart from the label: a failed engine is a failed engine', () => {
  expect(toShownError(new OrillaError('engine.failed', 'Lost.'), 'device').kind).toBe('engineFailed');
});

test('shows no message and no stack of an error that is not ours', () => {
  const shown = toShownError(new TypeError('secret prompt text'), 'organization');
  expect(shown).toEqual({ kind: 'unexpected', code: 'TypeError', message: null, isRetryable: true });
  expect(JSON.stringify(shown)).not.toContain('secret');
});

test('survives a thrown value that is no error at all', () => {
  expect(toShownError('oops', 'device').kind).toBe('unexpected');
});

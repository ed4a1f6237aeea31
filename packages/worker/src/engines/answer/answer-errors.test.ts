import { expect, test } from 'vitest';
import { contextExceeded, deviceLost, notOpen, wasUnloaded } from './answer-errors.ts';

test('a conversation that is too long is told with both figures', () => {
  const told = contextExceeded(900, 512);
  expect(told).toMatchObject({ code: 'engine.context-exceeded', param: 'messages' });
  expect(told.message).toMatch(/900 tokens, and there are 512/);
});

test.each([
  ['no model', notOpen(), 'engine.failed'],
  ['a model that was unloaded', wasUnloaded(), 'engine.failed'],
  ['a lost device', deviceLost(), 'engine.device-lost'],
])('%s is told with what to do next', (_what, error, code) => {
  expect(error).toMatchObject({ code, advice: expect.any(String) });
});

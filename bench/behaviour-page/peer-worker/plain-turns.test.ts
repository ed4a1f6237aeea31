import { expect, test } from 'vitest';
import { plainTurns } from './plain-turns.ts';

test('turns of text are what peers are asked', () => {
  const turns = [
    { role: 'user', content: 'hi' },
    { role: 'assistant', content: 'hello' },
  ] as const;
  expect(plainTurns(turns)).toEqual(turns);
});

test('anything else is refused: peers would be asked something other than ours', () => {
  expect(() => plainTurns([{ role: 'system', content: 'be brief' }])).toThrow(TypeError);
  expect(() => plainTurns([{ role: 'user', content: [{ type: 'text', text: 'hi' }] }])).toThrow('turns of text');
});

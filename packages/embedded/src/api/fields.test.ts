import { isOrillaError } from '@orilla/contract';
import { expect, test } from 'vitest';
import { optionalBoolean, optionalInteger, optionalNumber, optionalString, refuseOthers } from './fields.ts';

/** What was thrown, as the wire will show it. */
function refusal(act: () => unknown) {
  try {
    act();
  } catch (error) {
    if (isOrillaError(error)) return { code: error.code, param: error.param, message: error.message };
    throw error;
  }
  return undefined;
}

test('null and absent are the same', () => {
  for (const fields of [{}, { a: null }, { a: undefined }]) {
    expect(optionalNumber(fields, 'a', 0, 1)).toBeUndefined();
    expect(optionalInteger(fields, 'a', 0, 1)).toBeUndefined();
    expect(optionalBoolean(fields, 'a')).toBeUndefined();
    expect(optionalString(fields, 'a')).toBeUndefined();
  }
});

test('values of the right kind are read', () => {
  expect(optionalNumber({ a: 0.5 }, 'a', 0, 1)).toBe(0.5);
  expect(optionalInteger({ a: 1 }, 'a', 0, 1)).toBe(1);
  expect(optionalBoolean({ a: false }, 'a')).toBe(false);
  expect(optionalString({ a: '' }, 'a')).toBe('');
});

test.each([
  () => optionalNumber({ a: '1' }, 'a', 0, 1),
  () => optionalNumber({ a: 2 }, 'a', 0, 1),
  () => optionalNumber({ a: -1 }, 'a', 0, 1),
  () => optionalNumber({ a: Number.NaN }, 'a', 0, 1),
  () => optionalInteger({ a: 0.5 }, 'a', 0, 1),
  () => optionalBoolean({ a: 'true' }, 'a'),
  () => optionalString({ a: 5 }, 'a'),
])('a value of another kind is refused by name, and not repeated (%#)', (act) => {
  const refused = refusal(act);
  expect(refused).toMatchObject({ code: 'protocol.bad-request', param: 'a' });
  expect(refused?.message).not.toMatch(/NaN|"|'true'/);
});

const known = ['model'];
const lacking = ['tools', 'tool_choice', 'logprobs', 'logit_bias'];

test.each([
  { tools: [] },
  { tools: null },
  { logprobs: false },
  { logprobs: 0 },
  { logit_bias: {} },
  { tool_choice: 'none' },
  { model: 5 },
])('%j asks for nothing that is lacking', (fields) => {
  expect(refusal(() => refuseOthers(fields, known, lacking))).toBeUndefined();
});

test.each([
  [{ tools: [{}] }, 'capability.unsupported', 'tools'],
  [{ logprobs: true }, 'capability.unsupported', 'logprobs'],
  [{ tool_choice: 'auto' }, 'capability.unsupported', 'tool_choice'],
  [{ temprature: 1 }, 'protocol.bad-request', 'temprature'],
  [{ constructor: 1 }, 'protocol.bad-request', 'constructor'],
])('%j is refused', (fields, code, param) => {
  expect(refusal(() => refuseOthers(fields, known, lacking))).toMatchObject({ code, param });
});

import { expect, test } from 'vitest';
import { samplingSettings } from '../request/sampling-settings.ts';
import { answerForm } from './answer-form.ts';

const look = { type: 'function', function: { name: 'look', parameters: { type: 'object' } } };
const smell = { type: 'function', function: { name: 'smell' } };
const tools = [look, smell];

function formOf(fields: object, toolFormat: 'hermes' | 'qwen-coder' = 'hermes') {
  const request = { model: 'm', messages: [], ...fields };
  return answerForm(samplingSettings(request, { features: ['tools', 'json-object'] }), { toolFormat });
}

test('an answer is text or what its format says, also where tools may be called', () => {
  expect(formOf({})).toEqual({ type: 'text' });
  expect(formOf({ tools })).toEqual({ type: 'text' });
  expect(formOf({ tools, response_format: { type: 'json_object' } })).toEqual({ type: 'json_object' });
});

test('a call that must come is one of any tool, or of the one that is named, whatever the format of an answer', () => {
  const response_format = { type: 'json_object' };
  expect(formOf({ tools, tool_choice: 'required', response_format })).toEqual({
    type: 'call',
    toolFormat: 'hermes',
    tools: [look.function, smell.function],
  });
  const tool_choice = { type: 'function', function: { name: 'smell' } };
  expect(formOf({ tools, tool_choice })).toMatchObject({ tools: [smell.function] });
});

test('where nothing can force the calls of a family, that is told', () => {
  expect(() => formOf({ tools, tool_choice: 'required' }, 'qwen-coder')).toThrow(
    expect.objectContaining({ code: 'capability.unsupported', param: 'tool_choice' }),
  );
});

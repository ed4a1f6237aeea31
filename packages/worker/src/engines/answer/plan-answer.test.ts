import { type ChatRequest, type EmittedAnswer, OrillaError } from '@orilla/contract';
import { expect, test } from 'vitest';
import { modelTextOf } from '../../text/model-text.ts';
import { byteLevelFiles } from '../../text/tokenizer-files.double.ts';
import { samplingSettings } from '../request/sampling-settings.ts';
import { type AnsweringModel, planAnswer } from './plan-answer.ts';

const text = modelTextOf(byteLevelFiles());
const model: AnsweringModel = { text, endTokenIds: new Set([3]), contextLength: 64, compileMask: async () => null };
const question: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };
const rendered = text.encode(text.renderChat(question));

function plan(fields: object = {}, emitted?: EmittedAnswer, over: Partial<AnsweringModel> = {}) {
  const request = { ...question, ...fields };
  const settings = samplingSettings(request, { features: ['tools'] });
  return planAnswer({ ...model, ...over }, request, { settings, emitted });
}

test('the prompt is what the template writes, behind the tokens that belong before it', () => {
  expect(plan().prompt).toEqual(rendered);
  expect(plan({}, undefined, { prefixTokenIds: [0] }).prompt).toEqual([0, ...rendered]);
});

test('the limit is what was asked for, or the room that is left', () => {
  expect(plan({ max_tokens: 5 }).limit).toBe(5);
  expect(plan().limit).toBe(64 - rendered.length);
});

test('a call that must come is the form of the answer', () => {
  const tools = [{ type: 'function', function: { name: 'f' } }];
  const roomy = { contextLength: 999 };
  expect(plan({ tools }, undefined, roomy).form).toEqual({ type: 'text' });
  expect(plan({ tools, tool_choice: 'required' }, undefined, roomy).form).toMatchObject({
    type: 'call',
    tools: [{ name: 'f' }],
  });
});

test('of an answer that goes on, the tokens that are out stand behind the prompt and count', () => {
  const known = plan({ max_tokens: 5 }, { text: 'ab', tokens: 2, tokenIds: [70, 71] });
  expect(known).toMatchObject({ before: [70, 71], limit: 3 });
  const unknown = plan({ max_tokens: 5 }, { text: 'ab', tokens: 2 });
  expect(unknown).toMatchObject({ before: text.encode('ab'), limit: 3 });
});

test('one that was cut off where it would have ended has no room left', () => {
  expect(plan({ max_tokens: 2 }, { text: 'abc', tokens: 3 }).limit).toBe(0);
});

function refusalOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new OrillaError('engine.failed', 'It was let through.');
}

test('a conversation that fills the context, and a call that this model can’t be made to write, are refused', () => {
  expect(refusalOf(() => plan({}, undefined, { contextLength: rendered.length }))).toMatchObject({
    code: 'engine.context-exceeded',
  });
  const tools = [{ type: 'function', function: { name: 'f' } }];
  const coder = { text: { ...text, toolFormat: 'qwen-coder' as const } };
  expect(refusalOf(() => plan({ tools, tool_choice: 'required' }, undefined, coder))).toMatchObject({
    code: 'capability.unsupported',
    param: 'tool_choice',
  });
});

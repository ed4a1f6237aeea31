import { expect, test } from 'vitest';
import { type AnswerEvent, answerEvents } from './answer-events.ts';
import { toolCallParser } from './tools/tool-call-parser.ts';
import type { ToolFormat } from './tools/tool-format.ts';

async function answer(
  format: ToolFormat,
  tokens: readonly string[],
  { special = [] as number[], stop = [] as string[] } = {},
) {
  async function* generated() {
    for (const id of tokens.keys()) yield { id, atMs: id, logprob: { chosen: -1, top: [] } };
  }
  const text = { tokenBytes: (id: number) => new TextEncoder().encode(tokens[id]), specialTokenIds: new Set(special) };
  const tools = toolCallParser(format, { newId: () => 'call_x' });
  const events = answerEvents(generated(), { text, stop, tools, topLogprobs: 0 });
  const list: AnswerEvent[] = [];
  for (;;) {
    const { done, value } = await events.next();
    if (done) return { list, reason: value.reason };
    list.push(value);
  }
}

test('calls are told as events of their own, with the ids of the tokens that they took', async () => {
  const { list, reason } = await answer('hermes', [
    'So',
    ':\n',
    '<tool_call>',
    '{"name":"f",',
    '"arguments":{',
    '"a":1}}',
    '</tool_call>',
  ]);
  expect(list).toMatchObject([
    { type: 'token', text: 'So', tokenIds: [0], logprobs: { content: [{ token: 'So' }] } },
    { type: 'token', text: ':', tokenIds: [] },
    { type: 'tool-call', index: 0, id: 'call_x', name: 'f', argumentsText: '{', tokenIds: [1, 2, 3, 4], atMs: 4 },
    { type: 'tool-call', index: 0, argumentsText: '"a":1}', tokenIds: [5], atMs: 5 },
  ]);
  expect(reason).toBe('tool_calls');
});

test('a special token that marks calls is seen, and others are not', async () => {
  const call = ['<|python_tag|>', '{"name":"f","parameters":{}}', '<|eom_id|>'];
  const { list, reason } = await answer('llama', ['Well. ', ...call], { special: [1, 3] });
  expect(list).toMatchObject([
    { type: 'token', text: 'Well.' },
    { type: 'tool-call', name: 'f', argumentsText: '{}' },
  ]);
  expect(reason).toBe('tool_calls');
});

test('without a call the answer is text to its end', async () => {
  const { list, reason } = await answer('hermes', ['a <tool', ' b', ' <tool_call>']);
  expect(list.map((event) => (event.type === 'token' ? event.text : event.type)).join('')).toBe(
    'a <tool b <tool_call>',
  );
  expect(reason).toBe('ended');
});

test('an answer that ends within the arguments of a call has not ended with calls', async () => {
  const { list, reason } = await answer('hermes', ['<tool_call>{"name":"f",', '"arguments":{"a":1']);
  expect(list).toMatchObject([{ type: 'tool-call', name: 'f', argumentsText: '{"a":1' }]);
  expect(reason).toBe('ended');
  expect((await answer('hermes', ['<tool_call>{"name":"f","arguments":{}'])).reason).toBe('tool_calls');
});

test('a stop string ends what was held back for a call', async () => {
  const { list, reason } = await answer('hermes', ['x <tool', '_call', 'STOP'], { stop: ['STOP'] });
  expect(list.map((event) => (event.type === 'token' ? event.text : event.type)).join('')).toBe('x <tool_call');
  expect(reason).toBe('stop');
});

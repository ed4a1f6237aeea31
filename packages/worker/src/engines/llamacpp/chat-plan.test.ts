import type { ChatRequest } from '@orilla/contract';
import { expect, test } from 'vitest';
import { samplingSettings } from '../request/sampling-settings.ts';
import { chatPlan } from './chat-plan.ts';
import { llamacppFeatures } from './llamacpp-support.ts';

const plainTemplate = '{% for message in messages %}{{ message.content }}{% endfor %}';
const toolTemplate = `{{ tools }}${plainTemplate}`;
const hi = { role: 'user' as const, content: 'hi' };
const look = { type: 'function' as const, function: { name: 'look', parameters: { type: 'object' } } };
const smell = { type: 'function' as const, function: { name: 'smell' } };

function plan(fields: Partial<ChatRequest>, template = plainTemplate) {
  const request = { model: 'm', messages: [hi], ...fields } as ChatRequest; // whether it streams makes no difference
  return chatPlan(request, samplingSettings(request, { features: llamacppFeatures }), { template });
}

test('a plain conversation goes as it is', () => {
  const messages = [{ role: 'developer' as const, content: 'Be brief.' }, hi];
  expect(plan({ messages })).toEqual({
    chat: { messages: [{ role: 'system', content: 'Be brief.' }, hi] },
    calls: null,
  });
});

test('tools go to llama.cpp itself where the template knows them', () => {
  const { chat, calls } = plan({ tools: [look, smell], parallel_tool_calls: false }, toolTemplate);
  expect(calls).toEqual({ format: 'hermes', isForced: false });
  expect(chat).toMatchObject({ messages: [hi], tools: [look, smell], tool_choice: 'auto', parallel_tool_calls: false });
});

test('a tool that must be called is the only one that is shown', () => {
  const named = { type: 'function' as const, function: { name: 'smell' } };
  const { chat } = plan({ tools: [look, smell], tool_choice: named }, toolTemplate);
  expect(JSON.stringify(chat.messages)).toContain('smell');
  expect(JSON.stringify(chat)).not.toContain('look');
});

test('else they are written into the messages, with the calls in the text', () => {
  const { chat, calls } = plan({ tools: [look] });
  expect(calls).toEqual({ format: 'hermes', isForced: false });
  expect(chat).not.toHaveProperty('tools');
  expect(chat.messages).toHaveLength(2);
  expect(JSON.stringify(chat.messages[0])).toContain('look');
});

test.each([plainTemplate, toolTemplate])(
  'a call that must come is all that a grammar lets the model write, by %s',
  (template) => {
    const { chat, calls } = plan({ tools: [look, smell], tool_choice: 'required' }, template);
    expect(calls).toEqual({ format: 'hermes', isForced: true });
    expect(chat).not.toHaveProperty('tools');
    for (const name of ['look', 'smell']) expect(chat.grammar).toContain(name);
  },
);

test.each([plainTemplate, toolTemplate])('calls and their results are read again, by %s', (template) => {
  const call = { id: 'call_1', type: 'function' as const, function: { name: 'look', arguments: '{"at":"sea"}' } };
  const messages: ChatRequest['messages'] = [
    hi,
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: 'call_1', content: 'blue' },
  ];
  const { chat, calls } = plan({ messages }, template);
  expect(calls).toBeNull();
  const [, called, result] = chat.messages;
  expect(JSON.stringify(called)).toContain('look');
  expect(JSON.stringify(result)).toContain('blue');
  if (template === toolTemplate) expect(called).toMatchObject({ tool_calls: [call] });
  else expect(result).toMatchObject({ role: 'user' });
});

test('tools that must not be called are not there', () => {
  expect(plan({ tools: [look], tool_choice: 'none' })).toEqual(plan({}));
});

test('refuses tools and a response format in one', () => {
  expect(() => plan({ tools: [look], response_format: { type: 'json_object' } })).toThrow(
    expect.objectContaining({ code: 'capability.unsupported', param: 'response_format' }),
  );
});

test('a schema goes as a grammar of ours, and JSON of any shape as llama.cpp has it', () => {
  const schema = { type: 'object', properties: { deep: { type: 'boolean' } } };
  const { chat } = plan({ response_format: { type: 'json_schema', json_schema: { name: 'x', schema } } });
  expect(chat).not.toHaveProperty('response_format');
  expect(chat.grammar).toMatch(/deep/);
  expect(plan({ response_format: { type: 'json_object' } }).chat).toMatchObject({
    response_format: { type: 'json_object' },
  });
});

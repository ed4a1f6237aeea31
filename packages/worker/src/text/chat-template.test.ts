import type { ChatMessage } from '@orilla/contract';
import { expect, test } from 'vitest';
import { chatTemplate } from './chat-template.ts';
import { plainTemplate } from './tokenizer-files.double.ts';

const marks = { bosToken: '<s>', eosToken: '</s>' };
const weather = { type: 'function', function: { name: 'weather', parameters: { type: 'object' } } } as const;
const clock = { type: 'function', function: { name: 'clock', description: 'Tells the time.' } } as const;

const conversation: ChatMessage[] = [
  { role: 'developer', content: 'Be brief.' },
  { role: 'user', content: 'Rain?' },
  {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Lima"}' } }],
  },
  { role: 'tool', tool_call_id: 'call_1', content: 'dry' },
];

test('a template that knows tools gets them, calls with arguments as values, and results with the tool’s name', () => {
  const template = chatTemplate(
    '{% for t in tools or [] %}[{{ t.function.name }}]{% endfor %}{% for m in messages %}{{ m.role }}:{{ m.content }}{% for c in m.tool_calls or [] %}{{ c.function.name }} {{ c.function.arguments.city }}{% endfor %}{% if m.name %} of {{ m.name }}{% endif %};{% endfor %}',
    marks,
  );
  expect(template.render({ messages: conversation, tools: [weather, clock] })).toBe(
    '[weather][clock]system:Be brief.;user:Rain?;assistant:weather Lima;tool:dry of weather;',
  );
});

test('a template that knows no tools has them written in hermes’s way', () => {
  const prompt = chatTemplate(plainTemplate, marks).render({ messages: conversation, tools: [weather] });
  expect(prompt).toContain('<|im_start|>system\nBe brief.\n\nYou can call functions');
  expect(prompt).toContain(`<tools>\n${JSON.stringify(weather)}\n</tools>`);
  expect(prompt).toContain(
    'assistant\n<tool_call>\n{"name": "weather", "arguments": {"city":"Lima"}}\n</tool_call><|im_end|>',
  );
  expect(prompt).toContain('<|im_start|>user\n<tool_response>\ndry\n</tool_response><|im_end|>');
});

test('without a system message the tools make one', () => {
  const messages: ChatMessage[] = [{ role: 'user', content: 'Rain?' }];
  const prompt = chatTemplate(plainTemplate, marks).render({ messages, tools: [clock] });
  expect(prompt).toMatch(
    /^<\|im_start\|>system\nYou can call functions[\s\S]*Tells the time[\s\S]*<\|im_start\|>user\nRain\?/,
  );
});

test('only the tools that may be called are written', () => {
  const template = chatTemplate('{% for t in tools or [] %}[{{ t.function.name }}]{% endfor %}', marks);
  const messages: ChatMessage[] = [{ role: 'user', content: 'x' }];
  const tools = [weather, clock];
  expect(template.render({ messages, tools, tool_choice: 'none' })).toBe('');
  expect(template.render({ messages, tools, tool_choice: { type: 'function', function: { name: 'clock' } } })).toBe(
    '[clock]',
  );
  expect(template.render({ messages, tools: [] })).toBe('');
});

test.each([
  [{ tool_choice: { type: 'function', function: { name: 'nobody' } } }, 'protocol.bad-request', 'tool_choice'],
  [{ tools: [{ type: 'function' }] }, 'protocol.bad-request', 'tools[0].function.name'],
  [{ tools: [{ type: 'custom', custom: { name: 'x' } }] }, 'capability.unsupported', 'tools[0].type'],
  [{ tools: 'weather' }, 'protocol.bad-request', 'tools'],
])('tools that can’t be used are refused by name: %j', (fields, code, param) => {
  const template = chatTemplate(plainTemplate, marks);
  const request = { messages: [{ role: 'user', content: 'x' }], tools: [weather], ...fields };
  // Nobody has checked what comes from outside against the types.
  expect(() => template.render(request as never)).toThrow(expect.objectContaining({ code, param }));
});

test.each([
  [{ id: '1', type: 'function', function: { name: 'f', arguments: {} } }, 'protocol.bad-request'],
  [{ id: '1', type: 'function' }, 'protocol.bad-request'],
  [{ id: '1', type: 'custom', custom: { name: 'f', input: '' } }, 'capability.unsupported'],
])('a call that is none is refused: %j', (call, code) => {
  const messages = [{ role: 'assistant', content: null, tool_calls: [call] }];
  expect(() => chatTemplate(plainTemplate, marks).render({ messages: messages as never })).toThrow(
    expect.objectContaining({ code, param: expect.stringContaining('messages[0].tool_calls[0]') }),
  );
});

test('arguments that a model broke stay as it wrote them', () => {
  const call = { id: '1', type: 'function', function: { name: 'f', arguments: '{"a":' } } as const;
  const messages: ChatMessage[] = [{ role: 'assistant', content: 'So:', tool_calls: [call] }];
  expect(chatTemplate(plainTemplate, marks).render({ messages })).toContain(
    'So:\n<tool_call>\n{"name": "f", "arguments": {"a":}\n</tool_call>',
  );
});

test.each([
  ['{{ messages }}', 'hermes'],
  ['{{ tools }}<tool_call>', 'hermes'],
  ['<|im_start|>{{ tools }}<tool_call>', 'qwen'],
  ['{{ tools }}<tool_call><function=name>', 'qwen-coder'],
  ['{{ tools }}<|start_header_id|>', 'llama'],
  ['{{ tools }}<|python_tag|>', 'llama'],
])('a model with the template %j calls tools like %s', (source, format) => {
  expect(chatTemplate(source, marks).toolFormat).toBe(format);
});

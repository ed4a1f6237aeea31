import type { ChatRequest } from '@orilla/contract';
import { expect, test } from 'vitest';
import { requestNeeds } from './request-needs.ts';

const plain: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'x' }] };
const tool = { type: 'function', function: { name: 'look' } } as const;

test('plain text needs nothing', () => {
  expect(requestNeeds(plain)).toEqual([]);
  expect(requestNeeds({ ...plain, n: 1, tools: [], logprobs: false, response_format: { type: 'text' } })).toEqual([]);
});

test.each<[string, Partial<ChatRequest>]>([
  ['tools', { tools: [tool] }],
  ['tools', { functions: [{ name: 'look' }] }],
  ['tools', { messages: [{ role: 'tool', content: 'x', tool_call_id: '1' }] }],
  [
    'tools',
    {
      messages: [
        { role: 'assistant', tool_calls: [{ id: '1', type: 'function', function: { name: 'l', arguments: '' } }] },
      ],
    },
  ],
  ['json-object', { response_format: { type: 'json_object' } }],
  ['json-schema', { response_format: { type: 'json_schema', json_schema: { name: 'x' } } }],
  ['logprobs', { logprobs: true }],
  ['logprobs', { top_logprobs: 2 }],
  ['multiple-choices', { n: 2 }],
  ['audio-output', { modalities: ['text', 'audio'] }],
  ['image-input', { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:' } }] }] }],
  [
    'audio-input',
    { messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: { data: '', format: 'wav' } }] }] },
  ],
  ['file-input', { messages: [{ role: 'user', content: [{ type: 'file', file: {} }] }] }],
])('%s is needed by %j', (feature, change) => {
  expect(requestNeeds({ ...plain, ...change })).toEqual([feature]);
});

test('each need stands once', () => {
  expect(requestNeeds({ ...plain, tools: [tool, tool], logprobs: true, top_logprobs: 1 })).toEqual([
    'tools',
    'logprobs',
  ]);
});

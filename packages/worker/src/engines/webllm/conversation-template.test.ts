import { expect, test } from 'vitest';
import { chatTemplate } from '../../text/chat-template.ts';
import { conversationOf } from './conversation-template.ts';

const chatml = {
  system_template: '<|im_start|>system\n{system_message}<|im_end|>\n',
  system_message: 'You are "kind".',
  roles: { user: '<|im_start|>user', assistant: '<|im_start|>assistant', tool: '<|im_start|>user' },
  role_templates: { user: '{user_message}', assistant: '{assistant_message}', tool: '{tool_message}' },
  seps: ['<|im_end|>\n'],
  role_content_sep: '\n',
  role_empty_sep: '\n',
  stop_str: ['<|im_end|>'],
  stop_token_ids: [2],
};
const llama2 = {
  system_template: '[INST] <<SYS>>\n{system_message}\n<</SYS>>\n\n',
  system_message: 'S',
  system_prefix_token_ids: [1],
  add_role_after_system_message: false,
  roles: { user: '<s>[INST]', assistant: '[/INST]' },
  seps: [' ', ' </s>'],
  role_content_sep: ' ',
  role_empty_sep: ' ',
  stop_str: '</s>',
};
const render = (conversation: object, ...messages: readonly (readonly ['system' | 'user' | 'assistant', string])[]) =>
  chatTemplate(conversationOf({ conv_template: conversation }).chatTemplate, { bosToken: '', eosToken: '' }).render({
    messages: messages.map(([role, content]) => ({ role, content })),
  });

test('writes a conversation as its own template says, with the standard system message where there is none', () => {
  expect(render(chatml, ['user', 'Hi {{ 1 }}'])).toBe(
    '<|im_start|>system\nYou are "kind".<|im_end|>\n<|im_start|>user\nHi {{ 1 }}<|im_end|>\n<|im_start|>assistant\n',
  );
  expect(render(chatml, ['system', 'Be brief.'], ['user', 'a'], ['assistant', 'b'], ['user', 'c'])).toBe(
    '<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\na<|im_end|>\n<|im_start|>assistant\nb<|im_end|>\n<|im_start|>user\nc<|im_end|>\n<|im_start|>assistant\n',
  );
});

test('the first role can be left out behind the system message, and separators take turns', () => {
  expect(render(llama2, ['user', 'a'], ['assistant', 'b'], ['user', 'c'])).toBe(
    '[INST] <<SYS>>\nS\n<</SYS>>\n\na [/INST] b </s><s>[INST] c [/INST] ',
  );
});

test('an empty system message is written unless the template says otherwise', () => {
  const empty = { ...chatml, system_message: '' };
  expect(render(empty, ['user', 'a'])).toContain('<|im_start|>system\n<|im_end|>');
  expect(render({ ...empty, render_empty_system_message: false }, ['user', 'a'])).not.toContain('system');
});

test('a system message in the middle is refused, since the template has no place for it', () => {
  expect(() => render(chatml, ['user', 'a'], ['system', 'b'])).toThrow("can't take these messages");
});

test('tells what ends an answer and what goes before the first message; conv_config goes before conv_template', () => {
  expect(conversationOf({ conv_template: llama2 })).toMatchObject({
    prefixTokenIds: [1],
    stopTokenIds: [],
    stopTexts: ['</s>'],
  });
  expect(conversationOf({ conv_template: llama2, conv_config: { stop_token_ids: [7] } })).toMatchObject({
    stopTokenIds: [7],
  });
  expect(conversationOf({})).toMatchObject({ prefixTokenIds: [], stopTokenIds: [], stopTexts: [] });
});

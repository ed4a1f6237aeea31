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

test('the role is left out behind a system message only where there is one', () => {
  const bare = { ...llama2, system_template: '{system_message}', system_message: '' };
  expect(render(bare, ['user', 'a'])).toBe('<s>[INST] a [/INST] ');
  expect(render(bare, ['system', 'Be brief. '], ['user', 'a'])).toBe('Be brief. a [/INST] ');
});

test('separators take turns whoever speaks, as where two messages of the user stand together', () => {
  expect(render({ ...llama2, add_role_after_system_message: true }, ['user', 'a'], ['user', 'b'])).toBe(
    '[INST] <<SYS>>\nS\n<</SYS>>\n\n<s>[INST] a <s>[INST] b </s>[/INST] ',
  );
});

// The ways in which the templates of WebLLM's own catalogue differ from those above, each by the texts that are its own.
test.each([
  [
    'Gemma, whose system message is empty and stands behind a mark',
    {
      system_template: '<bos>{system_message}',
      system_message: '',
      roles: { user: '<start_of_turn>user', assistant: '<start_of_turn>model' },
      seps: ['<end_of_turn>\n'],
      role_content_sep: '\n',
      role_empty_sep: '\n',
    },
    '<bos><start_of_turn>user\na<end_of_turn>\n<start_of_turn>model\nb<end_of_turn>\n<start_of_turn>user\nc<end_of_turn>\n<start_of_turn>model\n',
  ],
  [
    'Mistral, whose first role is part of the system template',
    {
      system_template: '[INST] {system_message}',
      system_message: 'S',
      add_role_after_system_message: false,
      roles: { user: '[INST]', assistant: '[/INST]', tool: '[INST]' },
      seps: [' '],
      role_content_sep: ' ',
      role_empty_sep: '',
    },
    '[INST] Sa [/INST] b [INST] c [/INST]',
  ],
  [
    'Ministral, with role templates, no role names, and a place for functions in the system template',
    {
      system_template: '[SYSTEM_PROMPT]{system_message}[/SYSTEM_PROMPT]{function_string}',
      system_message: 'S',
      role_templates: { user: '[INST]{user_message}[/INST]', assistant: '{assistant_message}</s>' },
      roles: { user: '', assistant: '', tool: '' },
      seps: [''],
      role_content_sep: '',
      role_empty_sep: '',
    },
    '[SYSTEM_PROMPT]S[/SYSTEM_PROMPT][INST]a[/INST]b</s>[INST]c[/INST]',
  ],
  [
    'Phi, with names and colons and no end of the answer begun',
    {
      system_template: '{system_message}',
      system_message: '',
      roles: { user: 'Instruct', assistant: 'Output' },
      seps: ['\n'],
      role_content_sep: ': ',
      role_empty_sep: ':',
    },
    'Instruct: a\nOutput: b\nInstruct: c\nOutput:',
  ],
  [
    'DeepSeek, whose separators differ and one of which is empty',
    {
      system_template: '<B>{system_message}',
      system_message: 'S',
      roles: { user: '<U>', assistant: '<A>' },
      seps: ['', '<E>'],
      role_content_sep: '',
      role_empty_sep: '',
    },
    '<B>S<U>a<A>b<E><U>c<A>',
  ],
])('writes %s', (_, conversation, prompt) => {
  expect(render(conversation, ['user', 'a'], ['assistant', 'b'], ['user', 'c'])).toBe(prompt);
});

test('what a model thought is not told it again where the template says so', () => {
  const thinking = { ...chatml, role_empty_sep: '\n<think>\n', strip_reasoning_in_history: true };
  const thought = '<think>\nhm\n</think>\n\nb';
  const spoken = render(thinking, ['user', 'a'], ['assistant', thought], ['user', '</think> c']);
  expect(spoken).toContain('<|im_start|>assistant\nb<|im_end|>');
  expect(spoken).toContain('</think> c<|im_end|>');
  expect(spoken.endsWith('<|im_start|>assistant\n<think>\n')).toBe(true);
  expect(render(chatml, ['user', 'a'], ['assistant', thought], ['user', 'c'])).toContain(thought);
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

import { expect, test } from 'vitest';
import { createChatPrompt } from './chat-prompt.ts';

const chatMl =
  "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

test('messages are written as the template says, up to where the model goes on', () => {
  const prompt = createChatPrompt({ template: chatMl, bosToken: '', eosToken: '' });
  expect(prompt([{ role: 'user', content: 'Hi {{ 1 + 1 }}' }])).toBe(
    '<|im_start|>user\nHi {{ 1 + 1 }}<|im_end|>\n<|im_start|>assistant\n',
  );
});

test('a template knows the special tokens by name', () => {
  const prompt = createChatPrompt({
    template: '{{ bos_token }}{{ messages[0].content }}{{ eos_token }}',
    bosToken: '<s>',
    eosToken: '</s>',
  });
  expect(prompt([{ role: 'user', content: 'x' }])).toBe('<s>x</s>');
});

test('messages that a template refuses are refused, without its words', () => {
  const template =
    "{% if messages[0].role == 'system' %}{{ raise_exception('no system: ' + messages[0].content) }}{% endif %}";
  const prompt = createChatPrompt({ template, bosToken: '', eosToken: '' });
  const act = () => prompt([{ role: 'system', content: 'secret' }]);
  expect(act).toThrow(expect.objectContaining({ code: 'protocol.bad-request', param: 'messages' }));
  expect(act).not.toThrow('secret');
});

test('a broken template is told when the model is opened, not with the first question', () => {
  expect(() => createChatPrompt({ template: '{% if %}', bosToken: '', eosToken: '' })).toThrow();
});

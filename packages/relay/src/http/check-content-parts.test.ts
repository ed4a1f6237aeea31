import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkContentParts } from './check-content-parts.ts';

const withParts = (...content: unknown[]) => [{ role: 'user', content }];

test('texts and parts of OpenAI’s kinds pass', () => {
  expect(() =>
    checkContentParts([
      { role: 'system', content: 'x' },
      { role: 'assistant', content: null, tool_calls: [] },
      { role: 'assistant' },
      ...withParts(
        { type: 'text', text: 'http://10.0.0.1 is only text' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,AA', detail: 'high' } },
        { type: 'image_url', image_url: { url: 'DATA:image/png;base64,AA' } },
        { type: 'input_audio', input_audio: { data: 'AA', format: 'wav' } },
        { type: 'file', file: { file_data: 'data:application/pdf;base64,AA' } },
      ),
    ]),
  ).not.toThrow();
});

test.each(['image_url', 'audio_url', 'video_url'])(
  '%s takes data: URLs and nothing else, in whichever form',
  (type) => {
    const addresses = [
      'http://x',
      'https://x',
      'file:///x',
      '//x',
      '/x',
      'x',
      '',
      ' data:x',
      'blob:x',
      undefined,
      null,
      7,
      ['data:x'],
    ];
    for (const address of addresses) {
      expect(() => checkContentParts(withParts({ type, [type]: { url: address } }))).toThrowError(/data: URL/);
      expect(() => checkContentParts(withParts({ type, [type]: address }))).toThrowError(/data: URL/);
    }
    expect(() => checkContentParts(withParts({ type, [type]: 'data:x' }))).not.toThrow();
  },
);

test('no part carries an address past the check in a key that its type doesn’t have', () => {
  const address = 'http://10.0.0.1/metadata';
  fc.assert(
    fc.property(
      fc.constantFrom('text', 'image_url', 'audio_url', 'video_url', 'input_audio', 'refusal'),
      fc.string(),
      (type, key) => {
        const part = { type, [type]: 'data:x', [key]: address };
        if (key === 'type' || (key === type && ['text', 'input_audio', 'refusal'].includes(type))) return;
        expect(() => checkContentParts(withParts(part))).toThrowError(
          expect.objectContaining({ code: 'protocol.bad-request' }),
        );
      },
    ),
  );
});

test.each([
  ['messages', undefined],
  ['messages', { 0: {} }],
  ['messages[0]', ['x']],
  ['messages[0]', [null]],
  ['messages[0].content', [{ content: { type: 'image_url' } }]],
  ['messages[1].content[1]', [{}, { content: [{ type: 'text', text: 'x' }, 'y'] }]],
  ['messages[0].content[0].type', withParts({ text: 'x' })],
  ['messages[0].content[0].type', withParts({ type: ['text'] })],
])('names what is wrong: %s', (param, messages) => {
  expect(() => checkContentParts(messages)).toThrowError(expect.objectContaining({ param }));
});

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
        { type: 'input_audio', input_audio: { data: '+/-_AA=='.repeat(1_000_000) } },
        { type: 'file', file: { file_data: 'data:application/pdf;base64,AA', filename: 'a b.pdf' } },
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

test.each([
  ['audio that is an address', { type: 'input_audio', input_audio: { data: 'http://10.0.0.1/x', format: 'wav' } }],
  ['audio that is a file', { type: 'input_audio', input_audio: { data: 'file:///etc/passwd', format: 'wav' } }],
  ['audio that is a data: URL', { type: 'input_audio', input_audio: { data: 'data:audio/wav;base64,AA' } }],
  ['audio with a second address', { type: 'input_audio', input_audio: { data: 'AA', url: 'http://10.0.0.1' } }],
  ['audio with an address for its format', { type: 'input_audio', input_audio: { data: 'AA', format: '../x' } }],
  ['audio without data', { type: 'input_audio', input_audio: { format: 'wav' } }],
  ['audio that is a bare text', { type: 'input_audio', input_audio: 'AA' }],
  ['audio in a list', { type: 'input_audio', input_audio: [{ data: 'AA' }] }],
  ['a file that is an address', { type: 'file', file: { file_data: 'https://10.0.0.1/x' } }],
  ['a file known to the model server', { type: 'file', file: { file_id: 'f-1' } }],
  ['a file known there besides', { type: 'file', file: { file_data: 'data:a;base64,AA', file_id: 'f-1' } }],
  ['a file with an address', { type: 'file', file: { file_data: 'data:a;base64,AA', file_url: 'http://x' } }],
  ['a file without data', { type: 'file', file: { filename: 'a' } }],
  ['a file that is a bare text', { type: 'file', file: 'data:x' }],
  ['a picture with a second address', { type: 'image_url', image_url: { url: 'data:x', uri: 'http://x' } }],
  [
    'a picture whose detail is an object',
    { type: 'image_url', image_url: { url: 'data:x', detail: { url: 'http://x' } } },
  ],
  ['a text that is an object', { type: 'text', text: { url: 'http://x' } }],
])('refuses %s', (_name, part) => {
  expect(() => checkContentParts(withParts(part))).toThrowError(
    expect.objectContaining({
      code: 'protocol.bad-request',
      param: expect.stringContaining('messages[0].content[0].'),
    }),
  );
});

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

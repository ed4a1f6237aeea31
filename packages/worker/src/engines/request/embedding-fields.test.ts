import type { EmbeddingRequest } from '@orilla/contract';
import { expect, test } from 'vitest';
import { embeddingFields, otherTask, textTooLong } from './embedding-fields.ts';

const shape = { dimensions: 8, vocabularySize: 30 };
const read = (fields: object) => embeddingFields({ model: 'm', ...fields } as EmbeddingRequest, shape); // as untyped callers may write it

test('a text, several, and token ids of one text or of several are told apart', () => {
  expect(read({ input: 'boat' })).toEqual({ inputs: ['boat'], encoding: 'float' });
  expect(read({ input: ['boat', 'river'] }).inputs).toEqual(['boat', 'river']);
  expect(read({ input: [1, 2] }).inputs).toEqual([[1, 2]]);
  expect(read({ input: [[1], [2, 3]], encoding_format: 'base64' })).toEqual({
    inputs: [[1], [2, 3]],
    encoding: 'base64',
  });
});

test.each([
  [{ input: '' }, 'input'],
  [{ input: [[30]] }, 'input'],
  [{ input: 'boat', encoding_format: 'hex' }, 'encoding_format'],
])('%o is a bad request that names the field', (fields, param) => {
  expect(() => read(fields)).toThrow(expect.objectContaining({ code: 'protocol.bad-request', param }));
});

test('what the model cannot do is refused by name; its own number of dimensions is fine', () => {
  const refused = (param: string) => expect.objectContaining({ code: 'capability.unsupported', param });
  expect(() => read({ input: 'boat', dimensions: 4 })).toThrow(refused('dimensions'));
  expect(() => read({ input: 'boat', task_type: 'query' })).toThrow(refused('task_type'));
  expect(read({ input: 'boat', dimensions: 8, user: null }).inputs).toEqual(['boat']);
});

test('a text that is too long is told with both figures, and a model of the other kind with what it is', () => {
  expect(textTooLong(22, 16)).toMatchObject({
    code: 'engine.context-exceeded',
    message: expect.stringMatching(/22 tokens.*16/),
  });
  expect(otherTask('writes answers').message).toBe('This model writes answers.');
});

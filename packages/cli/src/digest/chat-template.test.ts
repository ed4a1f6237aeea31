import { expect, test } from 'vitest';
import { chatTemplateDigest } from './chat-template.ts';

test('line ends and blanks around a template do not count, everything else does', () => {
  expect(chatTemplateDigest('{% a %}\r\n{% b %}\n')).toBe(chatTemplateDigest('{% a %}\n{% b %}'));
  expect(chatTemplateDigest('{% a %} {% b %}')).not.toBe(chatTemplateDigest('{% a %}{% b %}'));
  expect(chatTemplateDigest('')).toMatch(/^[0-9a-f]{64}$/);
});

import { expect, test } from 'vitest';
import { createKey } from './create-key.ts';

function create(name: string | undefined) {
  const printed: string[] = [];
  const complaints: string[] = [];
  const code = createKey({ name, print: (line) => printed.push(line), complain: (line) => complaints.push(line) });
  return { code, printed: printed.join('\n'), complaints: complaints.join('\n') };
}

test.each(['a b', '', '-', 'ñ', 'a"', 'x'.repeat(129)])('makes no key under a name that no file takes: %j', (name) => {
  const { code, printed, complaints } = create(name);
  expect([code, printed]).toEqual([1, '']);
  expect(complaints).toMatch(/^The name must begin with a letter or digit .* Choose another\.$/);
});

test.each([undefined, 'laptop', 'team/web-1:a.b', 'x'.repeat(128)])('makes one under %j', (name) => {
  const { code, printed, complaints } = create(name);
  expect([code, complaints]).toEqual([0, '']);
  expect(printed).toContain(`- { name: "${name ?? 'my-app'}", sha256: `);
});

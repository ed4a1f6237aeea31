import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { formatPath } from './problem.ts';
import { parseYaml } from './yaml-source.ts';

const source = parseYaml(
  'relay.yaml',
  `a:
  b: 1
  list:
    - x
    - name: y
      deep: {one: 1, two: 2}
`,
);

const where = (...path: (string | number)[]) => source.locate({ path, message: '' }).position;

test('a value is found where it begins', () => {
  expect(where('a', 'b')).toEqual({ line: 2, column: 6 });
  expect(where('a', 'list', 0)).toEqual({ line: 4, column: 7 });
  expect(where('a', 'list', 1, 'deep', 'two')).toEqual({ line: 6, column: 27 });
});

test('a section is found at its key', () => {
  expect(where('a')).toEqual({ line: 1, column: 1 });
  expect(where('a', 'list', 1, 'deep')).toEqual({ line: 6, column: 7 });
});

test('a key is found where it begins', () => {
  expect(source.locate({ path: ['a', 'b'], at: 'key', message: '' }).position).toEqual({ line: 2, column: 3 });
});

test('what is missing is found at the section that lacks it', () => {
  expect(where('a', 'list', 1, 'zone')).toEqual({ line: 5, column: 7 });
  expect(where('a', 'list', 9)).toEqual({ line: 3, column: 3 });
  expect(where('nothing')).toEqual({ line: 1, column: 1 });
  expect(where('a', 'b', 'below', 'a', 'text')).toEqual({ line: 2, column: 6 });
});

test('a list item that is broken YAML is told with its line', () => {
  const { problems, value } = parseYaml('relay.yaml', 'a:\n  - [1, 2\nb: 3\n');
  expect(value).toBeUndefined();
  expect(problems[0]?.position?.line).toBeGreaterThanOrEqual(2);
  expect(problems[0]?.message).toMatch(/^is not valid YAML: /);
});

test('whatever stands in the file, reading it ends in a value or a problem', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', ':', ' ', '\n', '-', '[', '{', '&', '*', '!', '"', '#', '|', '\t') }),
      (text) => {
        const { problems, locate } = parseYaml('f', text);
        for (const problem of problems) expect(problem.position?.line).toBeGreaterThan(0);
        expect(locate({ path: ['a', 0], message: '' }).position?.line).toBeGreaterThan(0);
      },
    ),
    { numRuns: 500 },
  );
});

test('whatever is written as YAML is read back', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const { problems, value: read } = parseYaml('f', stringify(value, { aliasDuplicateObjects: false }));
      expect(problems).toEqual([]);
      expect(JSON.stringify(read)).toBe(JSON.stringify(value));
    }),
  );
});

test('a path is written the way people say it', () => {
  expect(formatPath(['upstreams', 0, 'zone'])).toBe('upstreams[0].zone');
  expect(formatPath(['a', 0, 1])).toBe('a[0][1]');
  expect(formatPath([])).toBe('');
});

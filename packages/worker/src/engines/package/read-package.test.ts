import { expect, test } from 'vitest';
import { badPackage, readJson, readText, requireJson } from './read-package.ts';

test('a JSON file is found wherever it lies; what is none is told by its name', async () => {
  const blob = (text: string) => new Blob([text]);
  expect(await readJson(new Map([['a/config.json', blob('{"x":1}')]]), 'config.json')).toEqual({ x: 1 });
  expect(await readJson(new Map(), 'config.json')).toBeNull();
  for (const text of ['[1]', 'oops', 'null'])
    await expect(readJson(new Map([['config.json', blob(text)]]), 'config.json')).rejects.toThrow('config.json');
});

test('a file that no package is without is asked for by its name', async () => {
  const weights = new Map([['config.json', new Blob(['{"x":1}'])]]);
  expect(await requireJson(weights, 'config.json')).toEqual({ x: 1 });
  await expect(requireJson(weights, 'tokenizer.json')).rejects.toMatchObject({
    code: 'engine.load-failed',
    message: expect.stringContaining('it has no tokenizer.json'),
  });
});

test('a text is read as it is, and may be missing', async () => {
  expect(await readText(new Map([['a/t.jinja', new Blob(['{{ x }}'])]]), 't.jinja')).toBe('{{ x }}');
  expect(await readText(new Map(), 't.jinja')).toBeNull();
});

test('a package that cannot be opened is told with why and what to do', () => {
  expect(badPackage('it is empty')).toMatchObject({
    message: "The model package can't be opened: it is empty.",
    advice: expect.any(String),
  });
});

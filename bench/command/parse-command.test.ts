import { expect, test } from 'vitest';
import { parseCommand } from './parse-command.ts';

test('ten pairs, and no file, where nothing else is said', () => {
  expect(parseCommand(['relay'])).toEqual({ bench: 'relay', jsonPath: undefined, pairs: 10 });
});

test('takes a file and a number of pairs, before or after the name', () => {
  const expected = { bench: 'relay', jsonPath: 'out.json', pairs: 20 };
  expect(parseCommand(['relay', '--json', 'out.json', '--pairs', '20'])).toEqual(expected);
  expect(parseCommand(['--pairs=20', '--json=out.json', 'relay'])).toEqual(expected);
});

test.each([[[]], [['weights']], [['relay', 'engine']]])('says how to call it when given %j', (args) => {
  expect(() => parseCommand(args)).toThrow('npm run bench -- relay|engine|client [--json FILE] [--pairs N]');
});

test.each(['0', '-1', '2.5', 'many', '1001'])('refuses %s pairs', (pairs) => {
  expect(() => parseCommand(['relay', `--pairs=${pairs}`])).toThrow('--pairs must be a whole number');
});

test('refuses an option that it does not know', () => {
  expect(() => parseCommand(['relay', '--fast'])).toThrow("Unknown option '--fast'");
});

import { expect, test } from 'vitest';
import { parseCommand } from './parse-command.ts';

const defaults = { jsonPath: undefined, pairs: 10, packageBytes: 256 * 1024 ** 2, only: undefined };

test('ten pairs, and no file, where nothing else is said', () => {
  expect(parseCommand(['relay'])).toEqual({ ...defaults, bench: 'relay' });
});

test('takes the size of the package in MiB', () => {
  expect(parseCommand(['weights', '--mib', '32'])).toEqual({
    ...defaults,
    bench: 'weights',
    packageBytes: 32 * 1024 ** 2,
  });
});

test('takes a file and a number of pairs, before or after the name', () => {
  const expected = { ...defaults, bench: 'relay', jsonPath: 'out.json', pairs: 20 };
  expect(parseCommand(['relay', '--json', 'out.json', '--pairs', '20'])).toEqual(expected);
  expect(parseCommand(['--pairs=20', '--json=out.json', 'relay'])).toEqual(expected);
});

test.each([[[]], [['gpu']], [['relay', 'engine']]])('says how to call it when given %j', (args) => {
  expect(() => parseCommand(args)).toThrow('npm run bench -- relay|engine|client|weights [--json FILE] [--pairs N]');
});

test.each(['0', '-1', '2.5', 'many', '1001'])('refuses %s pairs', (pairs) => {
  expect(() => parseCommand(['relay', `--pairs=${pairs}`])).toThrow('--pairs must be a whole number');
});

test.each(['0', '0.5', 'big', '1025'])('refuses a package of %s MiB', (mib) => {
  expect(() => parseCommand(['weights', `--mib=${mib}`])).toThrow('--mib must be a whole number');
});

test('refuses an option that it does not know', () => {
  expect(() => parseCommand(['relay', '--fast'])).toThrow("Unknown option '--fast'");
});

test('takes the beginning of the figures that are wanted', () => {
  expect(parseCommand(['engine', '--only', 'engine.onnx'])).toEqual({
    ...defaults,
    bench: 'engine',
    only: 'engine.onnx',
  });
  expect(() => parseCommand(['engine', '--only', 'relay.cpu'])).toThrow('--only takes the beginning');
});

import { expect, test } from 'vitest';
import { readVllmCommand } from './vllm-command.ts';

test('serves on port 8000 with a key made up for this run', () => {
  const first = readVllmCommand([], {});
  expect(first).toEqual({
    check: false,
    port: 8000,
    apiKey: expect.stringMatching(/^sk-[0-9a-f]{32}$/),
    isNewKey: true,
  });
  expect(readVllmCommand([], {})).not.toEqual(first);
});

test('takes port and key from its arguments', () => {
  expect(readVllmCommand(['--port', '0', '--api-key', 'sk-mine'], { ORILLA_UPSTREAM_KEY: 'sk-other' })).toEqual({
    check: false,
    port: 0,
    apiKey: 'sk-mine',
    isNewKey: false,
  });
});

test('takes the key that the relay will use', () => {
  expect(readVllmCommand([], { ORILLA_UPSTREAM_KEY: 'sk-ours' })).toMatchObject({ apiKey: 'sk-ours', isNewKey: false });
});

test('an empty key is none: it would let everybody in', () => {
  expect(readVllmCommand(['--api-key', ''], { ORILLA_UPSTREAM_KEY: '' })).toMatchObject({ isNewKey: true });
});

test('--check only looks', () => {
  expect(readVllmCommand(['--check'], {})).toEqual({ check: true });
});

test.each(['70000', '-1', '80.5', 'http', '', '1e3'])('refuses the port %j', (port) => {
  expect(() => readVllmCommand([`--port=${port}`], {})).toThrow('--port must be a number from 0 to 65535');
});

test('refuses what it does not know', () => {
  expect(() => readVllmCommand(['--prot', '1'], {})).toThrow('--prot');
  expect(() => readVllmCommand(['8000'], {})).toThrow('8000');
});

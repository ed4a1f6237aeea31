import { expect, test } from 'vitest';
import { Misunderstood } from './command.ts';
import { parsePackArguments } from './pack-arguments.ts';
import { packUsage } from './usage.ts';

test('every option is read', () => {
  const parsed = parsePackArguments([
    'model.gguf',
    ...['--to', 's3://bucket/prefix', '--id', 'tiny', '--license', 'MIT', '--context', '4096', '--engine', 'onnx'],
    ...['--file', 'a.onnx', '--file', 'b.onnx', '--lib', 'x.wasm', '--sign', 'key.pem', '--force', '--json'],
    ...['--hub', 'https://hub.example', '--webllm-config', 'config.json', '--s3-endpoint', 'https://s3.example'],
  ]);
  expect(parsed).toEqual({
    source: 'model.gguf',
    to: 's3://bucket/prefix',
    id: 'tiny',
    license: 'MIT',
    contextLength: 4096,
    engine: 'onnx',
    files: ['a.onnx', 'b.onnx'],
    library: 'x.wasm',
    keyFile: 'key.pem',
    force: true,
    hubUrl: 'https://hub.example',
    webllmConfig: 'config.json',
    s3Endpoint: 'https://s3.example',
    json: true,
  });
});

test('nothing but source and target has to be said, in any order', () => {
  const expected = { source: 'm.gguf', to: 'mirror', files: [], force: false, json: false, contextLength: undefined };
  expect(parsePackArguments(['m.gguf', '--to', 'mirror'])).toMatchObject(expected);
  expect(parsePackArguments(['--to=mirror', 'm.gguf'])).toMatchObject(expected);
});

test('help comes first, whatever else is there', () => {
  for (const args of [['--help'], ['-h'], ['--to', 'x', '-h'], ['a', 'b', '--help']])
    expect(parsePackArguments(args)).toBe('help');
});

test('the help tells of every option that there is, and of none that there is not', () => {
  const told = new Set(packUsage.match(/--[a-z0-9-]+/g));
  for (const option of told) {
    // Each takes a value or none; one of both has to be understood.
    const attempts = [[option], [option, 'https://x.example']].map((words) => {
      try {
        parsePackArguments(['source', '--to', 'mirror', ...words]);
        return '';
      } catch (error) {
        return error instanceof Misunderstood ? error.message : 'thrown';
      }
    });
    expect(
      attempts.every((message) => message.includes('Unknown option')),
      option,
    ).toBe(false);
  }
  for (const option of ['--to', '--id', '--license', '--context', '--engine', '--file', '--lib', '--sign', '--force'])
    expect(told).toContain(option);
});

test.each([
  [['a'], '--to is missing'],
  [['--to', 'm'], 'SOURCE is missing'],
  [['a', '--to', 'm', '--context', '0'], 'a number of tokens, not 0'],
  [['a', '--to', 'm', '--context', '-5'], 'argument'],
  [['a', '--to', 'm', '--context', '1e3'], 'not 1e3'],
  [['a', '--to', 'm', '--engine', 'vllm'], 'There is no engine vllm'],
  [['a', '--to', 'm', '--hub', 'ftp://x'], '--hub must be an address'],
  [['a', '--to', 'm', '--tofu'], "Unknown option '--tofu'"],
])('%j is not understood', (args, words) => {
  expect(() => parsePackArguments(args)).toThrow(Misunderstood);
  expect(() => parsePackArguments(args)).toThrow(words);
});

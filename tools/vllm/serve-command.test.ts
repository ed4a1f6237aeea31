import { expect, test } from 'vitest';
import { computeThreads, serveArguments, serveEnvironment } from './serve-command.ts';

const serving = { modelDir: '/models/smollm2', port: 8123, maxModelLen: 4096 };
const surroundings = { apiKey: 'sk-of-a-test', cache: '/cache/vllm', temporary: '/tmp/vllm-1', env: {} };

/** The value that follows a flag. */
function after(flag: string, args: readonly string[]): string | undefined {
  return args[args.indexOf(flag) + 1];
}

test('serves the folder, under the name that requests use, on loopback only', () => {
  const args = serveArguments(serving);
  expect(args.slice(0, 2)).toEqual(['serve', '/models/smollm2']);
  expect(after('--served-model-name', args)).toBe('smollm2-135m');
  expect(after('--host', args)).toBe('127.0.0.1');
  expect(after('--port', args)).toBe('8123');
});

test('the context length is the one asked for', () => {
  expect(after('--max-model-len', serveArguments({ ...serving, maxModelLen: 2048 }))).toBe('2048');
});

test('a priority counts, and tools can be called', () => {
  const args = serveArguments(serving);
  expect(after('--scheduling-policy', args)).toBe('priority');
  expect(args).toContain('--enable-auto-tool-choice');
  expect(after('--tool-call-parser', args)).toBe('hermes');
});

test('the key goes by the environment, where other users of the machine cannot see it', () => {
  expect(serveEnvironment(surroundings).VLLM_API_KEY).toBe('sk-of-a-test');
  expect(serveArguments(serving)).not.toContain('--api-key');
});

test('threads are explicit and not bound to cores', () => {
  expect(serveEnvironment({ ...surroundings, threads: 3 })).toMatchObject({
    OMP_NUM_THREADS: '3',
    VLLM_CPU_OMP_THREADS_BIND: 'nobind',
  });
});

test('reaches out to nobody', () => {
  expect(serveEnvironment(surroundings)).toMatchObject({ HF_HUB_OFFLINE: '1', VLLM_NO_USAGE_STATS: '1' });
});

test('writes where it was told to', () => {
  expect(serveEnvironment(surroundings)).toMatchObject({ VLLM_CACHE_ROOT: '/cache/vllm', TMPDIR: '/tmp/vllm-1' });
});

test('keeps the rest of the environment, but not what would change which packages Python loads', () => {
  const env = serveEnvironment({ ...surroundings, env: { LANG: 'es_ES.UTF-8', PYTHONPATH: '/elsewhere' } });
  expect(env.LANG).toBe('es_ES.UTF-8');
  expect(env).not.toHaveProperty('PYTHONPATH');
});

test.each([
  [1, 1],
  [2, 1],
  [3, 2],
  [5, 4],
  [64, 4],
])('%i cores give %i threads', (cores, threads) => {
  expect(computeThreads(cores)).toBe(threads);
});

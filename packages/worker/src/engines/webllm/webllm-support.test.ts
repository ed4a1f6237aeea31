import { expect, test } from 'vitest';
import { runsWebllm, webllmLimits } from './webllm-support.ts';

test('runs where the adapter has all that WebLLM asks for, buffers of the smaller size included', () => {
  expect(runsWebllm(webllmLimits)).toBe(true);
  expect(runsWebllm({ ...webllmLimits, maxBufferSize: 4 * 1024 ** 3, maxBindGroups: 4 })).toBe(true);
});

test.each(Object.keys(webllmLimits))('does not run where %s is smaller by one, or not told', (name) => {
  const { [name]: least = 0, ...others } = webllmLimits;
  expect(runsWebllm({ ...others, [name]: least - 1 })).toBe(false);
  expect(runsWebllm(others)).toBe(false);
});

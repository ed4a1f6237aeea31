import { expect, test } from 'vitest';
import { realNetwork } from './network.ts';

test('sleeps for as long as it was told', async () => {
  const start = performance.now();
  await realNetwork.sleep(30, { signal: new AbortController().signal });
  expect(performance.now() - start).toBeGreaterThanOrEqual(28);
});

test('an abort ends a sleep at once, with its own reason', async () => {
  const controller = new AbortController();
  const sleeping = realNetwork.sleep(60_000, { signal: controller.signal });
  controller.abort(new DOMException('enough', 'AbortError'));
  await expect(sleeping).rejects.toThrow('enough');
  await expect(realNetwork.sleep(1, { signal: controller.signal })).rejects.toThrow('enough');
});

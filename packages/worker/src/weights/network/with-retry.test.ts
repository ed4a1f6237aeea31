import { expect, test } from 'vitest';
import { webDouble } from './web.double.ts';
import { Interruption, withRetry } from './with-retry.ts';

const signal = new AbortController().signal;

test('tries again after an interruption, each time after a longer wait', async () => {
  const network = webDouble(null);
  let tries = 0;
  const result = await withRetry(
    async () => {
      tries += 1;
      if (tries < 5) throw new Interruption('lost');
      return 'there';
    },
    { network, signal },
  );
  expect(result).toBe('there');
  expect(network.sleeps).toEqual([250, 500, 1_000, 2_000]);
});

test('gives up after five tries, with the last failure', async () => {
  const network = webDouble(null);
  let tries = 0;
  const work = async () => {
    tries += 1;
    throw new Interruption(`lost ${tries}`);
  };
  await expect(withRetry(work, { network, signal })).rejects.toThrow('lost 5');
  expect(network.sleeps).toHaveLength(4);
});

test('never waits longer than eight seconds, and by chance not at all', async () => {
  const sleeps: number[] = [];
  const randoms = [1, 0, 1, 1];
  const network = {
    random: () => randoms.shift() ?? 0,
    sleep: async (ms: number) => {
      sleeps.push(ms);
    },
  };
  await withRetry(() => Promise.reject(new Interruption('lost')), { network, signal }).catch(() => undefined);
  expect(sleeps).toEqual([500, 0, 2_000, 4_000]);
});

test('throws everything else at once', async () => {
  const network = webDouble(null);
  await expect(withRetry(() => Promise.reject(new RangeError('wrong')), { network, signal })).rejects.toThrow('wrong');
  expect(network.sleeps).toEqual([]);
});

test('an abort ends the wait', async () => {
  const controller = new AbortController();
  const network = webDouble(null);
  const work = async () => {
    controller.abort();
    throw new Interruption('lost');
  };
  await expect(withRetry(work, { network, signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' });
});

test('waits at least as long as the server asks, and then by chance somewhat more', async () => {
  const network = webDouble(null);
  let tries = 0;
  const work = async () => {
    tries += 1;
    if (tries < 3) throw new Interruption('busy', { retryAfterMs: 20_000 });
    return tries;
  };
  expect(await withRetry(work, { network, signal })).toBe(3);
  expect(network.sleeps).toEqual([20_250, 20_500]);
});

test('tells of every interruption, also of the last one', async () => {
  let told = 0;
  const work = () => Promise.reject(new Interruption('lost'));
  const options = {
    network: webDouble(null),
    signal,
    onInterruption: () => {
      told += 1;
    },
  };
  await expect(withRetry(work, options)).rejects.toThrow('lost');
  expect(told).toBe(5);
});

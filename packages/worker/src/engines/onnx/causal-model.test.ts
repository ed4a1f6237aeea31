import { expect, test } from 'vitest';
import { CausalModel } from './causal-model.ts';
import type { KvCache } from './kv-cache.ts';
import { openTinySession, referenceCases, tinyWeights } from './tiny-model.double.ts';

const session = await openTinySession();
const model = new CausalModel(session);

function largestDifference(one: Float32Array | null, other: ArrayLike<number>): number {
  expect(one).toHaveLength(other.length);
  return Math.max(...Array.from(one ?? [], (value, at) => Math.abs(value - (other[at] ?? Number.NaN))));
}

test.each(referenceCases())('gives the logits of the reference after "$prompt"', async ({ promptTokens, logits }) => {
  const step = await model.step(promptTokens, null);
  expect(largestDifference(step.logits, logits)).toBeLessThan(1e-3);
  expect(step.kv.length).toBe(promptTokens.length);
});

test.each(referenceCases())(
  'cut into pieces, with the cache between them, "$prompt" gives the same',
  async ({ promptTokens, logits }) => {
    let kv: KvCache | null = null;
    for (let at = 0; at + 1 < promptTokens.length; at += 3) {
      const piece: readonly number[] = promptTokens.slice(at, Math.min(at + 3, promptTokens.length - 1));
      const step = await model.step(piece, kv, { wantsLogits: false });
      expect(step.logits).toBeNull();
      kv = step.kv;
    }
    const last = await model.step(promptTokens.slice(-1), kv);
    expect(largestDifference(last.logits, logits)).toBeLessThan(1e-3);
  },
);

test.each(referenceCases('tiny-llama-onnx-f16'))(
  'in 16-bit floats it gives what they can hold, and from a part of its cache too: "$prompt"',
  async ({ promptTokens, logits }) => {
    const half = new CausalModel(await openTinySession(tinyWeights('tiny-llama-onnx-f16')));
    expect(half.usesHalfFloats).toBe(true);
    const begin = promptTokens.slice(0, 2);
    const { kv } = await half.step([...begin, 9, 8, 7], null);
    const step = await half.step(promptTokens.slice(2), kv.first(2));
    expect(largestDifference(step.logits, logits)).toBeLessThan(0.1);
    await half.session.release();
  },
);

test('from the first tokens of a longer cache it goes on as if nothing else had been there', async () => {
  const [first, long] = [referenceCases()[1], referenceCases()[2]];
  const begin = first?.promptTokens.slice(0, 5) ?? [];
  const { kv } = await model.step([...begin, ...(long?.promptTokens ?? [])], null);
  const cut = kv.first(begin.length);
  kv.release();
  const step = await model.step(first?.promptTokens.slice(begin.length) ?? [], cut);
  expect(largestDifference(step.logits, first?.logits ?? [])).toBeLessThan(1e-3);
});

test('a cache stays as long as somebody holds it, and two can go on from it', async () => {
  const { kv } = await model.step([300, 301, 302], null);
  const held = kv.hold();
  kv.release();
  const [one, other] = [await model.step([303], held), await model.step([303], held)];
  expect([...(one.logits ?? [])]).toEqual([...(other.logits ?? [])]);
  held.release();
  await expect(model.step([303], held)).rejects.toMatchObject({ code: 'engine.failed' });
});

test('a failed run says nothing of what it was given, and the session goes on', async () => {
  const failure = await model.step([100_000], null).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'engine.failed' });
  expect(String(failure)).not.toMatch(/100000|Gather|input_ids/);
  expect(session.isOpen).toBe(true);
  expect((await model.step([1], null)).logits).toHaveLength(512);
});

test('runs that are asked for at once take turns', async () => {
  const [one, other] = await Promise.all([model.step([5, 6], null), model.step([7, 8, 9], null)]);
  expect([one.kv.length, other.kv.length]).toEqual([2, 3]);
});

test('a session that was released refuses to run, and tells why', async () => {
  const opened = await openTinySession();
  const waiting = new CausalModel(opened);
  const running = waiting.step([1], null);
  const released = opened.release();
  await expect(running).rejects.toMatchObject({ code: 'engine.failed' });
  await released;
  await opened.release();
  expect(opened.isOpen).toBe(false);
  await expect(waiting.step([1], null)).rejects.toMatchObject({ code: 'engine.failed' });
});

import { expect, test } from 'vitest';
import { sampleBytes, sha256Hex } from '../sample-package.double.ts';
import { WholeHash } from './whole-hash.ts';

const content = sampleBytes(1_000);
const part = (from: number, to: number) => content.subarray(from, to);

test('gives the hash of all pieces together', async () => {
  const hash = await WholeHash.open();
  hash.add(part(0, 700));
  hash.add(part(700, 1_000));
  expect(hash.pieces).toBe(2);
  expect(hash.digest()).toBe(sha256Hex(content));
});

test('goes on from what was kept, which later pieces do not change', async () => {
  const before = await WholeHash.open();
  before.add(part(0, 333));
  const kept = structuredClone(before.save());
  before.add(part(333, 500));
  const after = await WholeHash.open(kept);
  expect(after.pieces).toBe(1);
  after.add(part(333, 1_000));
  expect(after.digest()).toBe(sha256Hex(content));
});

test('two of them at the same time do not mix', async () => {
  const [one, two] = await Promise.all([WholeHash.open(), WholeHash.open()]);
  one.add(part(0, 100));
  two.add(part(100, 200));
  expect([one.digest(), two.digest()]).toEqual([sha256Hex(part(0, 100)), sha256Hex(part(100, 200))]);
});

test.each([
  ['of another version', (state: Uint8Array<ArrayBuffer>) => state.map((byte, at) => (at === 0 ? byte ^ 1 : byte))],
  ['cut short', (state: Uint8Array<ArrayBuffer>) => state.slice(0, 9)],
])('what was kept, but is %s, begins anew', async (_, damage) => {
  const before = await WholeHash.open();
  before.add(part(0, 333));
  const { pieces, state } = before.save();
  const after = await WholeHash.open({ pieces, state: damage(state) });
  expect(after.pieces).toBe(0);
  after.add(content);
  expect(after.digest()).toBe(sha256Hex(content));
});

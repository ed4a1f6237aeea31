import { expect, test } from 'vitest';
import { sampleBytes, sha256Hex } from '../sample-package.double.ts';
import { WholeHash } from './whole-hash.ts';

const content = sampleBytes(1_000);
/** As a draft has it. */
function keptOf(hash: WholeHash) {
  const { fed, state } = structuredClone(hash.save());
  return { pieces: [...fed, null], hashed: { pieces: fed.length, state } };
}
const part = (from: number, to: number) => content.subarray(from, to);

test('gives the hash of all pieces together', async () => {
  const hash = await WholeHash.open();
  hash.add(part(0, 700), 'aa');
  hash.add(part(700, 1_000), 'aa');
  expect(hash.fed).toEqual(['aa', 'aa']);
  expect(hash.digest()).toBe(sha256Hex(content));
});

test('goes on from what was kept, which later pieces do not change', async () => {
  const before = await WholeHash.open();
  before.add(part(0, 333), 'aa');
  const kept = keptOf(before);
  before.add(part(333, 500), 'aa');
  const after = await WholeHash.open(kept);
  expect(after.fed).toEqual(['aa']);
  after.add(part(333, 1_000), 'aa');
  expect(after.digest()).toBe(sha256Hex(content));
});

test('two of them at the same time do not mix', async () => {
  const [one, two] = await Promise.all([WholeHash.open(), WholeHash.open()]);
  one.add(part(0, 100), 'aa');
  two.add(part(100, 200), 'aa');
  expect([one.digest(), two.digest()]).toEqual([sha256Hex(part(0, 100)), sha256Hex(part(100, 200))]);
});

test.each([
  ['of another version', (state: Uint8Array<ArrayBuffer>) => state.map((byte, at) => (at === 0 ? byte ^ 1 : byte))],
  ['cut short', (state: Uint8Array<ArrayBuffer>) => state.slice(0, 9)],
])('what was kept, but is %s, begins anew', async (_, damage) => {
  const before = await WholeHash.open();
  before.add(part(0, 333), 'aa');
  const { pieces, hashed } = keptOf(before);
  const after = await WholeHash.open({ pieces, hashed: { ...hashed, state: damage(hashed.state) } });
  expect(after.fed).toEqual([]);
  after.add(content, 'aa');
  expect(after.digest()).toBe(sha256Hex(content));
});

test('what was kept of pieces that are not noted any more begins anew', async () => {
  const before = await WholeHash.open();
  before.add(part(0, 333), 'aa');
  const after = await WholeHash.open({ ...keptOf(before), pieces: [null, null] });
  expect(after.fed).toEqual([]);
});

const words = new Uint32Array(2);
const number = new Float64Array(words.buffer);

/**
 * A number from [0, 1) that depends on nothing but its arguments: which answer to which seed, and how many tokens are before it. So an
 * answer that is continued, by this worker or the next, goes on with the numbers that it would have got. Source of the mixing: the
 * finaliser of MurmurHash3 (Austin Appleby, public domain).
 */
export function randomAt(seed: number, choice: number, position: number): number {
  // All the bits of a seed count; -0 is 0.
  number[0] = seed + 0;
  const [low = 0, high = 0] = words;
  const state = [low, high, choice, position].reduce((mixed, word) => mix(mixed ^ mix(word + 0x9e3779b9)), 0x6f72696c);
  const upper = mix(state) >>> 5;
  const lower = mix(state ^ 0x5bd1e995) >>> 6;
  return (upper * 2 ** 26 + lower) / 2 ** 53;
}

function mix(word: number): number {
  let hash = word | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

import { exponentialOfMinus } from './exponential.ts';
import { selectCut } from './rank-selection.ts';

const blocks = 512;
/** Above so many the bound that the blocks give says too little to be worth its pass. */
const boundedCount = 256;

/**
 * The tokens that are still in the choice, in the order of their ids: a tiny change of one logit then moves a draw little. Nothing is
 * sorted, and the memory is made once for up to `capacity` tokens: a step must not wait for either.
 */
export class Candidates {
  readonly #values: Float32Array;
  readonly #ids: Int32Array;
  readonly #weights: Float64Array;
  #length = 0;
  readonly #selectedValues: Float32Array;
  readonly #selectedIds: Int32Array;
  readonly #selectedWeights: Float64Array;
  readonly #maxima = new Float32Array(blocks);

  constructor(capacity: number) {
    this.#values = new Float32Array(capacity);
    this.#ids = new Int32Array(capacity);
    this.#weights = new Float64Array(capacity);
    this.#selectedValues = new Float32Array(capacity);
    this.#selectedIds = new Int32Array(capacity);
    this.#selectedWeights = new Float64Array(capacity);
  }

  /** Takes all tokens that can come at all; with `count` only so many of the highest logits, of equals those with the lower ids. */
  take(logits: Float32Array, count = 0): void {
    const isCounted = count > 0 && count < logits.length;
    const bound = isCounted && count <= boundedCount ? this.#lowerBound(logits, count) : Number.NEGATIVE_INFINITY;
    const length = collect(logits, bound, this.#values, this.#ids);
    this.#length = length;
    if (!isCounted || length <= count) return;
    this.#weights.fill(1, 0, length);
    this.#cutAt(0, count);
  }

  /** Keeps the fewest highest whose probabilities reach `share`. `max` is the highest logit. */
  keepMass(share: number, max: number): void {
    const total = this.#weigh(max, 1);
    // All below this weight have together less than what is cut off.
    this.#cutAt(((1 - share) * total) / this.#length, share * total);
  }

  /** Keeps those with at least this logit. */
  keepAbove(least: number): void {
    this.#keep(least, Number.POSITIVE_INFINITY);
  }

  /** The one that the number from [0, 1) hits, each with the share that its probability at this temperature has. */
  draw(random: number, max: number, temperature: number): number {
    let left = random * this.#weigh(max, temperature);
    let drawn = 0;
    for (let index = 0; index < this.#length; index++) {
      const weight = this.#weights[index] ?? 0;
      if (weight === 0) continue;
      drawn = index;
      left -= weight;
      if (left < 0) break;
    }
    return this.#ids[drawn] ?? 0;
  }

  /** Highest logit first. */
  ranked(): readonly number[] {
    const order = Array.from({ length: this.#length }, (_, index) => index);
    order.sort((a, b) => (this.#values[b] ?? 0) - (this.#values[a] ?? 0) || a - b);
    return order.map((index) => this.#ids[index] ?? 0);
  }

  /** Writes the probabilities up to a factor, and gives their sum. */
  #weigh(max: number, temperature: number): number {
    return weigh(this.#values, this.#weights, this.#length, max, temperature);
  }

  /** Keeps the highest until their weights reach `mass`; none of them weighs less than `least`. */
  #cutAt(least: number, mass: number): void {
    let length = 0;
    for (let index = 0; index < this.#length; index++) {
      const weight = this.#weights[index] ?? 0;
      if (weight < least) continue;
      this.#selectedValues[length] = this.#values[index] ?? 0;
      this.#selectedIds[length] = this.#ids[index] ?? 0;
      this.#selectedWeights[length++] = weight;
    }
    const cut = selectCut(this.#selectedValues, this.#selectedIds, this.#selectedWeights, length, mass);
    this.#keep(cut.value, cut.id);
  }

  #keep(least: number, lastId: number): void {
    const values = this.#values;
    const ids = this.#ids;
    let length = 0;
    for (let index = 0; index < this.#length; index++) {
      const value = values[index] ?? 0;
      const id = ids[index] ?? 0;
      if (value < least || (value === least && id > lastId)) continue;
      values[length] = value;
      ids[length++] = id;
    }
    this.#length = length;
  }

  /** Not more than the `count`-th highest logit: so many blocks each hold one that is at least as high. */
  #lowerBound(logits: Float32Array, count: number): number {
    const maxima = this.#maxima.fill(Number.NEGATIVE_INFINITY);
    const length = Math.ceil(logits.length / blocks);
    for (let block = 0; block * length < logits.length; block++) {
      const end = Math.min(logits.length, (block + 1) * length);
      let max = Number.NEGATIVE_INFINITY;
      for (let id = block * length; id < end; id++) {
        const logit = logits[id] ?? 0;
        if (logit > max) max = logit;
      }
      maxima[block] = max;
    }
    return maxima.sort()[blocks - count] ?? Number.NEGATIVE_INFINITY;
  }
}

function collect(logits: Float32Array, bound: number, values: Float32Array, ids: Int32Array): number {
  let length = 0;
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id] ?? 0;
    if (logit < bound || logit === Number.NEGATIVE_INFINITY) continue;
    values[length] = logit;
    ids[length] = id;
    length++;
  }
  return length;
}

function weigh(values: Float32Array, weights: Float64Array, length: number, max: number, temperature: number): number {
  // A temperature next to 0 has no reciprocal, and 0 times infinity is no number.
  const sharpness = Math.min(1 / temperature, Number.MAX_VALUE);
  let total = 0;
  for (let index = 0; index < length; index++) {
    const weight = exponentialOfMinus((max - (values[index] ?? 0)) * sharpness);
    weights[index] = weight;
    total += weight;
  }
  return total;
}

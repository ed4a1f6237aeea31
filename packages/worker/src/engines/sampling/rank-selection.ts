/** Where a ranking of tokens is cut: those with a higher value are in, and of those with the same value all up to this id. */
export interface Cut {
  readonly value: number;
  readonly id: number;
}

/**
 * Quickselect by weight (Hoare's FIND): of the first `length` tokens the one with which the weights of the highest values reach `mass`;
 * the lowest of all, where they don't. Of equal values the lower id ranks higher. Takes linear time on average, against a sort's; puts
 * the three arrays into another order.
 */
export function selectCut(
  values: Float32Array,
  ids: Int32Array,
  weights: Float64Array,
  length: number,
  mass: number,
): Cut {
  let low = 0;
  let high = length;
  let missing = mass;
  let lowest: Cut = { value: Number.POSITIVE_INFINITY, id: -1 };
  while (low < high) {
    swap(values, ids, weights, medianOfThree(values, ids, low, (low + high - 1) >> 1, high - 1), high - 1);
    const value = values[high - 1] ?? 0;
    const id = ids[high - 1] ?? 0;
    let place = low;
    let above = 0;
    for (let index = low; index < high - 1; index++) {
      const other = values[index] ?? 0;
      if (other < value || (other === value && (ids[index] ?? 0) > id)) continue;
      above += weights[index] ?? 0;
      swap(values, ids, weights, index, place++);
    }
    swap(values, ids, weights, place, high - 1);
    // A mass of 0 is reached by the first.
    if (place > low && above >= missing) {
      high = place;
      continue;
    }
    missing -= above + (weights[place] ?? 0);
    lowest = { value, id };
    if (missing <= 0) break;
    low = place + 1;
  }
  return lowest;
}

function medianOfThree(values: Float32Array, ids: Int32Array, a: number, b: number, c: number): number {
  const [ab, bc, ac] = [ranksAbove(values, ids, a, b), ranksAbove(values, ids, b, c), ranksAbove(values, ids, a, c)];
  if (ab === bc) return b;
  return ab === ac ? c : a;
}

function ranksAbove(values: Float32Array, ids: Int32Array, a: number, b: number): boolean {
  const difference = (values[a] ?? 0) - (values[b] ?? 0);
  return difference > 0 || (difference === 0 && (ids[a] ?? 0) < (ids[b] ?? 0));
}

function swap(values: Float32Array, ids: Int32Array, weights: Float64Array, a: number, b: number): void {
  if (a === b) return;
  const value = values[a] ?? 0;
  const id = ids[a] ?? 0;
  const weight = weights[a] ?? 0;
  values[a] = values[b] ?? 0;
  ids[a] = ids[b] ?? 0;
  weights[a] = weights[b] ?? 0;
  values[b] = value;
  ids[b] = id;
  weights[b] = weight;
}

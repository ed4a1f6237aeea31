import { badPackage, readJson } from '../../package/read-package.ts';

/** What of a text's token vectors becomes the text's: their mean, or the first token's. */
export type Pooling = 'mean' | 'cls';

/** One vector for each token of each text, row by row, padding included. */
export interface TokenVectors {
  readonly values: Float32Array;
  /** Tokens of each row, padding included. */
  readonly width: number;
  readonly dimensions: number;
}

/**
 * Reads what sentence-transformers writes down beside a model; the mean where it wrote nothing.
 * @throws OrillaError `engine.load-failed` for another kind, whose vectors would be wrong in silence
 */
export async function readPooling(weights: ReadonlyMap<string, Blob>): Promise<Pooling> {
  const config = (await readJson(weights, '1_Pooling/config.json')) ?? {};
  const asked = Object.entries(config).flatMap(([name, value]) =>
    name.startsWith('pooling_mode_') && value === true ? [name] : [],
  );
  if (asked.length > 1) throw badPackage('it asks for several kinds of pooling at once');
  switch (asked[0]) {
    case undefined:
    case 'pooling_mode_mean_tokens':
      return 'mean';
    case 'pooling_mode_cls_token':
      return 'cls';
    default:
      throw badPackage(`its kind of pooling, ${asked[0]}, is not known here`);
  }
}

/** The text in row `row`, which has so many tokens, as a vector of length one; of length zero where the model gave only zeros. */
export function poolRow({ values, width, dimensions }: TokenVectors, row: number, tokens: number, pooling: Pooling) {
  const start = row * width * dimensions;
  const sums = new Float64Array(dimensions);
  const counted = pooling === 'cls' ? 1 : tokens;
  for (let token = 0; token < counted; token++)
    for (let index = 0; index < dimensions; index++)
      sums[index] = (sums[index] ?? 0) + (values[start + token * dimensions + index] ?? 0);
  // The mean differs from the sum by a factor, which the length takes out again.
  const length = Math.sqrt(sums.reduce((total, value) => total + value * value, 0));
  return Float32Array.from(sums, (value) => (length === 0 ? 0 : value / length));
}

import { seededRandom } from '../../bench/statistics/seeded-random.ts';

/** What goes away in the middle of a download. */
export const faultKinds = ['tab', 'worker', 'network', 'server', 'quota'] as const;
export type FaultKind = (typeof faultKinds)[number];

/** When, and what. */
export interface FaultPoint {
  /** Its number in the run, to run it alone. */
  readonly index: number;
  readonly kind: FaultKind;
  /** Packages that are downloaded at the same time. */
  readonly downloads: 1 | 4;
  /** In which of them. */
  readonly download: number;
  readonly chunk: number;
  /** Bytes of this chunk that come before: none at its boundary. */
  readonly afterBytes: number;
}

export interface FaultPointsOptions {
  readonly seed: number;
  readonly runs: number;
  /** Of every package. */
  readonly chunks: number;
  readonly chunkBytes: number;
}

/**
 * Points in an order that the seed gives. Every kind meets every chunk, at its boundary and inside, with one and with four downloads,
 * before any of that comes again at another place inside.
 */
export function faultPoints({ seed, runs, chunks, chunkBytes }: FaultPointsOptions): readonly FaultPoint[] {
  const random = seededRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const cases = faultKinds.flatMap((kind) =>
    ([1, 4] as const).flatMap((downloads) =>
      Array.from({ length: chunks }, (_, chunk) => chunk).flatMap((chunk) =>
        [true, false].map((isInside) => ({ kind, downloads, chunk, isInside })),
      ),
    ),
  );
  const points: FaultPoint[] = [];
  let left: typeof cases = [];
  while (points.length < runs) {
    if (left.length === 0) left = [...cases];
    const [drawn] = left.splice(below(left.length), 1);
    if (!drawn) break;
    const { isInside, ...rest } = drawn;
    const download = below(drawn.downloads);
    points.push({ index: points.length, ...rest, download, afterBytes: isInside ? 1 + below(chunkBytes - 1) : 0 });
  }
  return points;
}

export function describePoint({ kind, downloads, download, chunk, afterBytes }: FaultPoint): string {
  const where = afterBytes === 0 ? `before chunk ${chunk}` : `${afterBytes} bytes into chunk ${chunk}`;
  return `the ${kind} goes ${where}${downloads === 1 ? '' : ` of download ${download + 1} of ${downloads}`}`;
}

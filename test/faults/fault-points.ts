import { seededRandom } from '../../bench/statistics/seeded-random.ts';

/** What goes away in the middle of a download. */
export const faultKinds = ['tab', 'worker', 'network', 'server', 'quota'] as const;
export type FaultKind = (typeof faultKinds)[number];

/** What is downloaded: of a package in quarantine only the hashes of whole files are known before it is here. */
export const packageKinds = ['chunked', 'quarantine'] as const;
export type PackageKind = (typeof packageKinds)[number];

/** Where chunks are kept. */
export const storeKinds = ['indexeddb', 'opfs'] as const;

/** When, and what. */
export interface FaultPoint {
  /** Its number in the run, to run it alone. */
  readonly index: number;
  readonly kind: FaultKind;
  readonly packageKind: PackageKind;
  readonly storage: (typeof storeKinds)[number];
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
 * before any of that comes again at another place inside. Kinds of packages and of stores take turns, so that a few points have all of them.
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
    const index = points.length;
    const packageKind = index % 3 === 1 ? 'quarantine' : 'chunked';
    const storage = index % 2 === 1 ? 'opfs' : 'indexeddb';
    const afterBytes = isInside ? 1 + below(chunkBytes - 1) : 0;
    points.push({ index, ...rest, packageKind, storage, download, afterBytes });
  }
  return points;
}

export function describePoint(point: FaultPoint): string {
  const { kind, downloads, download, chunk, afterBytes, packageKind, storage } = point;
  const where = afterBytes === 0 ? `before chunk ${chunk}` : `${afterBytes} bytes into chunk ${chunk}`;
  const which = downloads === 1 ? '' : ` of download ${download + 1} of ${downloads}`;
  return `the ${kind} goes ${where}${which} (${packageKind}, ${storage})`;
}

import type { DevicePackage } from '@orilla/contract';
import { type MadePackage, makePackage, sampleBytes } from '../fixtures/worker-page/make-package.ts';
import { type MirrorRequest, type MirrorServer, startMirrorServer } from '../fixtures/worker-page/mirror-server.ts';

export const chunksPerPackage = 12;
export const chunkBytes = 32 * 1024;
/** One package for each download; the second has half of the first one's chunks. */
const packages = 4;

/** Four packages on a mirror of their own. */
export interface FaultWorld extends AsyncDisposable {
  readonly mirror: MirrorServer;
  readonly made: readonly MadePackage[];
  readonly catalog: readonly DevicePackage[];
  /** Hashes that a number of downloads need, each once. */
  hashes(downloads: number): ReadonlySet<string>;
  /** The hash that a request asks for; `null` for what is no chunk. */
  hashOf(request: Pick<MirrorRequest, 'path' | 'range'>): string | null;
}

export async function makeFaultWorld(): Promise<FaultWorld> {
  const first = sampleBytes(chunksPerPackage * chunkBytes, 1);
  const contents = Array.from({ length: packages }, (_, index) => {
    const own = sampleBytes(chunksPerPackage * chunkBytes, index + 1);
    if (index === 1) own.set(first.subarray(0, (chunksPerPackage / 2) * chunkBytes));
    return own;
  });
  const made = await Promise.all(
    contents.map((content, index) => makePackage({ id: `package-${index}`, content, chunkBytes })),
  );
  const mirror = await startMirrorServer({ files: Object.assign({}, ...made.map(({ served }) => served)) });
  const chunksOf = ({ manifest }: MadePackage) => manifest.files.flatMap(({ chunks = [] }) => chunks);
  return {
    mirror,
    made,
    catalog: made.map((one) => one.describe(mirror.url)),
    hashes: (downloads) =>
      new Set(
        made
          .slice(0, downloads)
          .flatMap(chunksOf)
          .map(({ sha256 }) => sha256),
      ),
    hashOf({ path, range }) {
      const asked = made.find(({ manifest }) => path.startsWith(`${manifest.id}/files/`));
      const start = Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1] ?? Number.NaN);
      return (asked && chunksOf(asked).find(({ offset }) => offset === start)?.sha256) ?? null;
    },
    [Symbol.asyncDispose]: () => mirror.close(),
  };
}

import type { DevicePackage } from '@orilla/contract';
import { type MadePackage, makePackage, sampleBytes, withoutChunks } from '../fixtures/worker-page/make-package.ts';
import { type MirrorRequest, type MirrorServer, startMirrorServer } from '../fixtures/worker-page/mirror-server.ts';
import type { FaultPoint, PackageKind } from './fault-points.ts';

export const chunksPerPackage = 12;
export const chunkBytes = 32 * 1024;
/** As the store cuts what comes into quarantine. */
const quarantinePieceBytes = 8 * 1024 ** 2;
/** One package for each download; of those with chunks the second has half of the first one's. */
const packages = 4;

/** Four packages on a mirror of their own. */
export interface FaultWorld extends AsyncDisposable {
  readonly mirror: MirrorServer;
  readonly catalog: readonly DevicePackage[];
  /** Hashes that a number of downloads need, each once. */
  hashes(downloads: number): ReadonlySet<string>;
  /** The hash of the chunk that a point means; of a package with fewer the count goes round. */
  hashAt(point: Pick<FaultPoint, 'download' | 'chunk'>): string | undefined;
  /** The hash that a request asks for; `null` for what is no chunk. */
  hashOf(request: Pick<MirrorRequest, 'path' | 'range'>): string | null;
}

export async function makeFaultWorld({ packageKind }: Pick<FaultPoint, 'packageKind'>): Promise<FaultWorld> {
  const made = await makePackages[packageKind]();
  const mirror = await startMirrorServer({ files: Object.assign({}, ...made.map(({ served }) => served)) });
  const chunksOf = ({ manifest }: MadePackage) => manifest.files.flatMap(({ chunks = [] }) => chunks);
  return {
    mirror,
    catalog: made.map((one) => one.describe(mirror.url)),
    hashes: (downloads) =>
      new Set(
        made
          .slice(0, downloads)
          .flatMap(chunksOf)
          .map(({ sha256 }) => sha256),
      ),
    hashAt({ download, chunk }) {
      const asked = made[download];
      const chunks = asked ? chunksOf(asked) : [];
      return chunks[chunk % chunks.length]?.sha256;
    },
    hashOf({ path, range }) {
      const asked = made.find(({ manifest }) => path.startsWith(`${manifest.id}/files/`));
      const start = Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1] ?? Number.NaN);
      return (asked && chunksOf(asked).find(({ offset }) => offset === start)?.sha256) ?? null;
    },
    [Symbol.asyncDispose]: () => mirror.close(),
  };
}

const makePackages: Readonly<Record<PackageKind, () => Promise<readonly MadePackage[]>>> = {
  async chunked() {
    const first = sampleBytes(chunksPerPackage * chunkBytes, 1);
    const contents = Array.from({ length: packages }, (_, index) => {
      const own = sampleBytes(chunksPerPackage * chunkBytes, index + 1);
      if (index === 1) own.set(first.subarray(0, (chunksPerPackage / 2) * chunkBytes));
      return own;
    });
    return Promise.all(contents.map((content, index) => makePackage({ id: `package-${index}`, content, chunkBytes })));
  },
  /** Two pieces and a short one each. Two that are alike would be fetched twice: that they are is not known before. */
  quarantine: () =>
    Promise.all(
      Array.from({ length: packages }, async (_, index) => {
        const content = sampleBytes(2 * quarantinePieceBytes + chunkBytes, index + 1);
        return withoutChunks(await makePackage({ id: `package-${index}`, content, chunkBytes: quarantinePieceBytes }));
      }),
    ),
};

import type { DevicePackage } from '@orilla/contract';
import type { PackageRecord } from '../backend/weight-backend.ts';
import { firstManifest } from '../source/first-manifest.ts';
import { LoadSources } from '../source/load-sources.ts';
import { openSource, type Source } from '../source/source.ts';
import type { StoreParts } from '../store-parts.ts';
import { storedRecord } from './stored-package.ts';

type Parts = Pick<StoreParts, 'backend' | 'network' | 'sources' | 'onPoison'>;

/** Where one load of a package gets it from. */
export class PackageSources {
  /** How each of them fares. */
  readonly load: LoadSources;
  readonly #pkg: DevicePackage;
  readonly #parts: Parts;
  readonly #sources: readonly Source[];

  constructor(pkg: DevicePackage, parts: Parts) {
    const { network, onPoison } = parts;
    this.#pkg = pkg;
    this.#parts = parts;
    this.#sources = pkg.sources.map((source) => openSource(source, parts.sources));
    this.load = new LoadSources(this.#sources, { now: network.now, ...(onPoison && { onPoison }) });
  }

  /**
   * What the package consists of. What is stored as complete counts, so that a package with a chunk lost is mended, not changed.
   * @throws OrillaError of the family Catalog; AbortError
   */
  async record({ signal }: { readonly signal: AbortSignal }): Promise<PackageRecord> {
    const { network } = this.#parts;
    const stored = await storedRecord(this.#pkg.id, this.#parts);
    const said = stored ?? (await firstManifest(this.#pkg, this.#sources, { network, signal }));
    return { manifest: said.manifest, document: said.document, pkg: this.#pkg };
  }
}

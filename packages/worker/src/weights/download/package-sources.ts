import { type DevicePackage, type ModelManifest, OrillaError } from '@orilla/contract';
import type { PackageRecord } from '../backend/weight-backend.ts';
import { firstManifest } from '../source/first-manifest.ts';
import { LoadSources } from '../source/load-sources.ts';
import { openSource, type Source } from '../source/source.ts';
import type { StoreParts } from '../store-parts.ts';
import { keepsPromise, storedRecord } from './stored-package.ts';

type Parts = Pick<StoreParts, 'backend' | 'network' | 'sources' | 'onPoison'>;

/** What is to be fetched, and for what entry of a catalog. */
export interface SourcedRecord extends PackageRecord {
  readonly pkg: DevicePackage;
}

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
   * @throws OrillaError of the family Catalog, `catalog.bad-manifest` where it isn't what the catalog promised; AbortError
   */
  async record({ signal }: { readonly signal: AbortSignal }): Promise<SourcedRecord> {
    const { network } = this.#parts;
    const stored = await storedRecord(this.#pkg, this.#parts);
    const said = stored ?? (await firstManifest(this.#pkg, this.#sources, { network, signal }));
    if (!keepsPromise(said.manifest, this.#pkg)) throw otherPackage(said.manifest, this.#pkg);
    return { manifest: said.manifest, document: said.document, pkg: this.#pkg };
  }
}

function otherPackage({ engine, files }: ModelManifest, pkg: DevicePackage): OrillaError {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return new OrillaError(
    'catalog.bad-manifest',
    `The model package ${pkg.id} is not what the catalog says: its files are for ${engine} and have ${bytes} bytes, and the catalog says ${pkg.engine} and ${pkg.bytes} bytes.`,
    { advice: 'Correct its engine or its bytes in the catalog.' },
  );
}

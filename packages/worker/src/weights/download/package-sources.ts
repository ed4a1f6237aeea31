import type { DevicePackage } from '@orilla/contract';
import type { Draft } from '../backend/weight-backend.ts';
import { areSameFiles } from '../pieces/same-files.ts';
import { firstManifest } from '../source/first-manifest.ts';
import { LoadSources } from '../source/load-sources.ts';
import { openSource, type Source } from '../source/source.ts';
import type { StoreParts } from '../store-parts.ts';
import { storedDraft, storedRecord } from './stored-package.ts';

type Parts = Pick<StoreParts, 'backend' | 'network' | 'sources' | 'onPoison'>;

/** What is to be fetched, and for what entry of a catalog. */
export interface SourcedRecord extends Draft {
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
   * What the package consists of. What is stored as complete counts, so that a package with a chunk lost is mended, not changed; and what
   * a download began with, until a source that is asked before says something else, so that one that can't be reached for a moment costs
   * nothing of what is stored.
   * @throws OrillaError of the family Catalog; AbortError
   */
  async record({ signal }: { readonly signal: AbortSignal }): Promise<SourcedRecord> {
    const stored = await storedRecord(this.#pkg, this.#parts);
    if (stored) return { manifest: stored.manifest, document: stored.document, pkg: this.#pkg };
    const said = await this.#ask({ signal });
    const begun = await storedDraft(this.#pkg, this.#parts);
    const { manifest, document, source } = begun && this.#isToKeep(begun, said) ? begun : said;
    return { manifest, document, pkg: this.#pkg, ...(source && { source }) };
  }

  async #ask({ signal }: { readonly signal: AbortSignal }): Promise<Draft> {
    const pkg = this.#pkg;
    let giver = -1;
    const sources = this.#sources.map(
      (source, index): Source => ({
        ...source,
        readManifest: async (...args) => {
          const said = await source.readManifest(...args);
          giver = index;
          return said;
        },
      }),
    );
    const said = await firstManifest(pkg, sources, { network: this.#parts.network, signal });
    const source = pkg.sources[giver];
    return { ...said, pkg, ...(source && { source }) };
  }

  #isToKeep(begun: Draft, said: Draft): boolean {
    const rank = this.#rankOf(begun);
    // Whoever said that is not asked any more: a file that was begun so is taken only by its whole hash.
    if (rank === -1) return false;
    // By chunks of its own a file is proven as it comes.
    const isBetter = begun.manifest.files.some(({ chunks }, index) => chunks && !said.manifest.files[index]?.chunks);
    return rank < this.#rankOf(said) || (isBetter && areSameFiles(begun.manifest, said.manifest));
  }

  /** How many sources are asked before the one that it comes from; -1 where that is not among them. */
  #rankOf({ source }: Draft): number {
    const json = JSON.stringify(source);
    return this.#pkg.sources.findIndex((other) => JSON.stringify(other) === json);
  }
}

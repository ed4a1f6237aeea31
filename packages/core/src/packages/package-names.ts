import { type Catalog, type CatalogModel, OrillaError, type StoredPackage } from '@orilla/contract';

export interface PackageNamesOptions {
  readonly catalog: Catalog;
  readonly list: () => Promise<readonly StoredPackage[]>;
  /** The id of the package of a model that suits this device best. */
  readonly choose: (model: string) => Promise<string>;
}

/** Which package is meant by what an app says: a model's name or a package's id. */
export class PackageNames {
  readonly #options: PackageNamesOptions;
  /** Of packages that this client had to do with: they are no mistake, though they may be neither in the catalog nor stored any more. */
  readonly #ids: Set<string>;

  constructor(options: PackageNamesOptions) {
    this.#options = options;
    const models = Object.values(options.catalog.models);
    this.#ids = new Set(models.flatMap(({ device }) => device.map(({ id }) => id)));
  }

  /** Notes a package that was given whole. */
  add(id: string): void {
    this.#ids.add(id);
  }

  /**
   * The id of a package. Of a model it is the one that is stored; where that is none, or not only one, the one that suits this device best.
   * @throws OrillaError `catalog.unknown-model` where it is neither; for a model with several packages also what `choose` throws
   */
  async idOf(nameOrId: string): Promise<string> {
    const { catalog, list } = this.#options;
    const model = Object.hasOwn(catalog.models, nameOrId) ? catalog.models[nameOrId] : undefined;
    if (model) return this.#ofModel(nameOrId, model);
    if (this.#ids.has(nameOrId)) return nameOrId;
    for (const { id } of await list()) this.#ids.add(id);
    if (this.#ids.has(nameOrId)) return nameOrId;
    throw new OrillaError(
      'catalog.unknown-model',
      'There is no model, and no package, of the name that was asked for.',
      {
        advice: `The models of this app are: ${Object.keys(catalog.models).join(', ')}.`,
        param: 'model',
      },
    );
  }

  async #ofModel(name: string, { device }: CatalogModel): Promise<string> {
    const ids = device.map(({ id }) => id);
    const [only, ...others] = ids;
    if (only !== undefined && others.length === 0) return only;
    const stored = (await this.#options.list()).filter(({ id }) => ids.includes(id));
    const [first, second] = stored;
    if (first && !second) return first.id;
    return this.#options.choose(name);
  }
}

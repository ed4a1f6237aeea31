import { type EngineName, engineNames } from './engine.ts';
import { OrillaError } from './error.ts';
import { count, list, oneOf, parseShape, record, relativePath, text, webAddress } from './json-shape.ts';
import { type MemoryFigures, type Requirements, readMemory, readRequirements } from './manifest.ts';

/** Where the files of a model package can be had. Tried in order. */
export type PackageSource =
  /** A mirror: `url` is the package's folder, holding `manifest.json` and `files/{path}`; relative to the page. */
  | { readonly kind: 'mirror'; readonly url: string }
  /**
   * A public hub: sizes and hashes come from its metadata when the package is first resolved. `path` is one file; or a folder, when it ends with
   * `/` or is empty (the whole repository): then `files` of it belong to the package, by default all but README and Git's own.
   */
  | {
      readonly kind: 'hub';
      readonly repository: string;
      readonly revision: string;
      readonly path: string;
      /** Relative to the folder. */
      readonly files?: readonly string[];
    };

/** A model package as the catalog tells of it: enough to decide, before one byte is fetched. */
export interface DevicePackage {
  /** Stable id, also the folder's name on a mirror, e.g. `smollm2-135m-instruct-q4_1`. */
  readonly id: string;
  readonly engine: EngineName;
  /** What the model is made for; `chat` where it is absent. */
  readonly task?: 'chat' | 'embedding';
  /** Size of the download. */
  readonly bytes: number;
  /** Tokens of context that the engine is opened with; not more than the model was trained for. */
  readonly contextLength: number;
  readonly memory: MemoryFigures;
  readonly requires?: Requirements;
  readonly license: string;
  readonly sources: readonly PackageSource[];
}

/** One model under the name that apps ask for. */
export interface CatalogModel {
  readonly title: string;
  /** Packages for the device, best first. */
  readonly device: readonly DevicePackage[];
  /** The model's name at the relay; absent where the relay does not serve it. */
  readonly relay?: { readonly model: string };
}

/** The models an app may use: logical name → what can run it. */
export interface Catalog {
  readonly models: Readonly<Record<string, CatalogModel>>;
}

/** Memory that a package takes at a context length: weights, KV cache and scratch, in bytes. */
export function memoryNeed(pkg: Pick<DevicePackage, 'memory' | 'contextLength'>): number {
  return pkg.memory.weights + pkg.memory.kvPerToken * pkg.contextLength + pkg.memory.scratch;
}

/**
 * Checks what a file or a server gives as a catalog.
 * @throws OrillaError `catalog.bad-catalog`, naming the field
 */
export function parseCatalog(json: unknown): Catalog {
  return parseShape(
    () => {
      const models = Object.entries(record(record(json, 'the catalog').models, 'models'));
      return { models: Object.fromEntries(models.map(([name, model]) => [name, readModel(model, `models.${name}`)])) };
    },
    ({ message }) =>
      new OrillaError('catalog.bad-catalog', `The catalog of models can't be used: in it ${message}.`, {
        advice: 'Mend the catalog; docs/catalog.md shows its form.',
      }),
  );
}

function readModel(json: unknown, at: string): CatalogModel {
  const model = record(json, at);
  return {
    title: text(model.title, `${at}.title`),
    device: list(model.device, `${at}.device`).map((item, index) => readPackage(item, `${at}.device[${index}]`)),
    ...(model.relay !== undefined && {
      relay: { model: text(record(model.relay, `${at}.relay`).model, `${at}.relay.model`) },
    }),
  };
}

function readPackage(json: unknown, at: string): DevicePackage {
  const pkg = record(json, at);
  return {
    id: text(pkg.id, `${at}.id`),
    engine: oneOf(engineNames, pkg.engine, `${at}.engine`),
    ...(pkg.task !== undefined && { task: oneOf(['chat', 'embedding'], pkg.task, `${at}.task`) }),
    bytes: count(pkg.bytes, `${at}.bytes`),
    contextLength: count(pkg.contextLength, `${at}.contextLength`),
    memory: readMemory(pkg.memory, `${at}.memory`),
    license: text(pkg.license, `${at}.license`),
    sources: list(pkg.sources, `${at}.sources`).map((item, index) => readSource(item, `${at}.sources[${index}]`)),
    ...(pkg.requires !== undefined && { requires: readRequirements(pkg.requires, `${at}.requires`) }),
  };
}

function readSource(json: unknown, at: string): PackageSource {
  const source = record(json, at);
  const kind = oneOf(['mirror', 'hub'], source.kind, `${at}.kind`);
  if (kind === 'mirror') return { kind, url: webAddress(source.url, `${at}.url`) };
  const { files } = source;
  return {
    kind,
    repository: text(source.repository, `${at}.repository`),
    revision: text(source.revision, `${at}.revision`),
    path: readHubPath(source.path, `${at}.path`),
    ...(files !== undefined && {
      files: list(files, `${at}.files`).map((item, index) => relativePath(item, `${at}.files[${index}]`)),
    }),
  };
}

function readHubPath(json: unknown, at: string): string {
  if (json === '') return json;
  const path = text(json, at);
  return path.endsWith('/') ? `${relativePath(path.slice(0, -1), at)}/` : relativePath(path, at);
}

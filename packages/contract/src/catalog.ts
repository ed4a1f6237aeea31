import type { EngineName } from './engine.ts';
import type { MemoryFigures } from './manifest.ts';

/** Where the files of a model package can be had. Tried in order. */
export type PackageSource =
  /** A mirror: `url` is the package's folder, holding `manifest.json` and `files/{path}`; relative to the page. */
  | { readonly kind: 'mirror'; readonly url: string }
  /** A public hub: sizes and SHA-256 come from its metadata when the package is first resolved. */
  | { readonly kind: 'hub'; readonly repository: string; readonly revision: string; readonly path: string };

/** A model package as the catalog tells of it: enough to decide, before one byte is fetched. */
export interface DevicePackage {
  /** Stable id, also the folder's name on a mirror, e.g. `smollm2-135m-instruct-q4_1`. */
  readonly id: string;
  readonly engine: EngineName;
  /** Size of the download. */
  readonly bytes: number;
  /** Tokens of context that the engine is opened with; not more than the model was trained for. */
  readonly contextLength: number;
  readonly memory: MemoryFigures;
  /** WebGPU features without which this package does not run at all. */
  readonly requires?: { readonly features?: readonly string[] };
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

/** The models an app may use: logical name → what can run it. The first one is used where a request names none. */
export interface Catalog {
  readonly models: Readonly<Record<string, CatalogModel>>;
}

/** Memory that a package takes at a context length: weights, KV cache and scratch, in bytes. */
export function memoryNeed(pkg: Pick<DevicePackage, 'memory' | 'contextLength'>): number {
  return pkg.memory.weights + pkg.memory.kvPerToken * pkg.contextLength + pkg.memory.scratch;
}

import type { ModelManifest } from '@orilla/contract';
import { openLocalSource } from '../files/local-source.ts';
import { describeGguf } from '../model/gguf/describe-gguf.ts';
import { FolderTarget } from '../target/folder-target.ts';
import { packModel } from './pack-model.ts';

export interface PackGgufOptions {
  /** The GGUF file; stays where it is. */
  readonly path: string;
  /** The package's id and its folder's name. */
  readonly id: string;
  /** SPDX expression. */
  readonly license: string;
  /** Tokens; by default, and at most, what the model was trained for. */
  readonly contextLength?: number;
  /** The mirror's folder; the package becomes the folder `id` in it, and replaces one that is there. */
  readonly folder: string;
  readonly signal?: AbortSignal;
}

/** Makes a package for a mirror's folder from a GGUF file. @throws Error where the file is no GGUF of a known form; AbortError */
export async function packGguf({ path, folder, signal, ...options }: PackGgufOptions): Promise<ModelManifest> {
  const step = signal ? { signal } : {};
  const source = await openLocalSource(path);
  const model = await describeGguf(source, step);
  return packModel({ ...options, ...step, source, model, target: new FolderTarget(folder), force: true });
}

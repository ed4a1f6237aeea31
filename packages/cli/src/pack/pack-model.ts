import type { KeyObject } from 'node:crypto';
import { isPackagePath, type ModelManifest, manifestSchema, parseManifest } from '@orilla/contract';
import type { FileSource } from '../files/file-source.ts';
import type { ModelDescription } from '../model/model-description.ts';
import { signManifest } from '../signature/sign-manifest.ts';
import { filePath, manifestPath, partPath } from '../target/package-paths.ts';
import type { PackageTarget } from '../target/package-target.ts';
import { checkPackageId } from './package-id.ts';
import { storeFile } from './store-file.ts';

export interface PackModelOptions {
  readonly source: FileSource;
  readonly model: ModelDescription;
  readonly target: PackageTarget;
  /** The package's id and its folder's name; see `checkPackageId`. */
  readonly id: string;
  /** SPDX expression. */
  readonly license: string;
  /** Tokens; by default, and at most, what the model was made for. */
  readonly contextLength?: number | undefined;
  /** Ed25519; without it the manifest is not signed. */
  readonly privateKey?: KeyObject | undefined;
  /** Replaces a package of the same id. */
  readonly force?: boolean;
  /** Bytes that are done, of all that have to be. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Makes a package. Its manifest is removed first and written last: where one stands, the package is whole. Files that the package doesn't
 * name, such as an earlier run left them, are removed.
 * @throws Error where a package of that id stands there and `force` isn't set, another process makes it, the model can't do what is asked,
 * or has a file that no mirror would serve; as `storeFile`; AbortError
 */
export async function packModel(options: PackModelOptions): Promise<ModelManifest> {
  const { source, model, target, id, contextLength = model.maxContextLength } = options;
  checkPackageId(id);
  checkFiles(model, source.name);
  if (contextLength > model.maxContextLength)
    throw new Error(
      `${source.name} was made for ${model.maxContextLength} tokens of context, and ${contextLength} were asked for.`,
    );
  options.signal?.throwIfAborted();
  const unlock = await target.lock?.(id);
  try {
    return await makePackage({ ...options, contextLength });
  } finally {
    await unlock?.();
  }
}

/** What the model's own files say of paths may have been written by anybody. */
function checkFiles({ files }: ModelDescription, name: string): void {
  const paths = new Set<string>();
  for (const { path } of files) {
    if (!isPackagePath(path))
      throw new Error(`${JSON.stringify(path)} from ${name} is no path that a package may have. Rename it there.`);
    if (paths.has(path)) throw new Error(`${name} has several files that would be ${path} in the package.`);
    paths.add(path);
  }
}

async function makePackage(options: PackModelOptions & { readonly contextLength: number }): Promise<ModelManifest> {
  const { source, model, target, id, license, contextLength, force = false, signal } = options;
  const step = signal ? { signal } : {};
  const stored = new Map(((await target.listFiles(id, step)) ?? []).map(({ path, bytes }) => [path, bytes]));
  if (stored.has(manifestPath(id)) && !force)
    throw new Error(`${target.name} has a package ${id} already. Give another id, or --force to replace it.`);
  await target.removeFile(manifestPath(id), step);
  const progress = countBytes(options);
  const files = [];
  for (const file of model.files)
    files.push(await storeFile(file, { source, target, id, stored, onBytes: progress, ...step }));
  const named = new Set(files.map(({ path }) => filePath(id, path)));
  // Nothing else of somebody's is touched who uses the folder for more.
  const isOurs = (path: string) => path.startsWith(filePath(id, '')) || path === partPath(manifestPath(id));
  for (const path of stored.keys()) if (isOurs(path) && !named.has(path)) await target.removeFile(path, step);
  const { tokenizerDigest, chatTemplateDigest, requires } = model;
  const unsigned = parseManifest({
    schema: manifestSchema,
    id,
    engine: model.engine,
    files,
    contextLength,
    memory: model.memory,
    license,
    ...(tokenizerDigest && { tokenizerDigest }),
    ...(chatTemplateDigest && { chatTemplateDigest }),
    ...(requires && { requires }),
  } satisfies ModelManifest);
  const manifest = options.privateKey ? signManifest(unsigned, options.privateKey) : unsigned;
  const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
  signal?.throwIfAborted();
  await target.putFile(manifestPath(id), once(text), { bytes: text.length, ...step });
  return manifest;
}

function countBytes({ source, model, onProgress }: PackModelOptions): (bytes: number) => void {
  const names = new Set(model.files.map(({ from }) => from));
  const total = source.files.reduce((sum, { path, bytes }) => sum + (names.has(path) ? bytes : 0), 0);
  let done = 0;
  return (bytes) => {
    done += bytes;
    onProgress?.(done, total);
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

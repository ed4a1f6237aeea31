import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type ModelManifest, parseManifest } from '@orilla/contract';
import { openLocalSource } from '../files/local-source.ts';
import { describeGguf } from '../model/gguf/describe-gguf.ts';
import { filePath, manifestPath } from '../target/package-paths.ts';
import { type PackGgufOptions, packGguf } from './pack-gguf.ts';

export interface EnsurePackageOptions extends PackGgufOptions {
  /** The GGUF file's SHA-256, which the caller has checked. */
  readonly sha256: string;
  readonly contextLength: number;
  readonly log?: (message: string) => void;
}

/** Makes the package where it is missing, incomplete, or one of other content; else leaves it as it is. @throws as `packGguf` */
export async function ensurePackage({ sha256, log, ...options }: EnsurePackageOptions): Promise<ModelManifest> {
  const existing = await readExisting(options);
  if (existing && (await isSame(existing, sha256, options))) return existing;
  log?.(`Packing ${options.id} for devices.`);
  return packGguf(options);
}

type Options = Omit<EnsurePackageOptions, 'sha256' | 'log'>;

async function readExisting({ folder, id }: Options): Promise<ModelManifest | undefined> {
  try {
    return parseManifest(JSON.parse(await readFile(join(folder, manifestPath(id)), 'utf8')));
  } catch {
    return undefined; // absent, cut off, of an older form: all of that is made anew
  }
}

async function isSame(manifest: ModelManifest, sha256: string, options: Options): Promise<boolean> {
  const { path, folder, id, license, contextLength, signal } = options;
  const [file, ...others] = manifest.files;
  if (manifest.id !== id || manifest.license !== license || manifest.contextLength !== contextLength) return false;
  if (!file || others.length > 0 || file.sha256 !== sha256) return false;
  const stored = await stat(join(folder, filePath(id, file.path))).catch(() => null);
  if (stored?.size !== file.bytes) return false;
  // What is read out of a file, and how it is digested, may have changed since.
  const model = await describeGguf(await openLocalSource(path), signal ? { signal } : {});
  const { tokenizerDigest, chatTemplateDigest, memory } = model;
  const told = [manifest.tokenizerDigest, manifest.chatTemplateDigest, JSON.stringify(manifest.memory)];
  return JSON.stringify(told) === JSON.stringify([tokenizerDigest, chatTemplateDigest, JSON.stringify(memory)]);
}

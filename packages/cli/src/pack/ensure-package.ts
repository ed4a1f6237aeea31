import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type ModelManifest, parseManifest } from '@orilla/contract';
import type { PackGgufOptions } from './pack-gguf.ts';

export interface EnsurePackageOptions extends PackGgufOptions {
  /** The GGUF file's SHA-256, which the caller has checked. */
  readonly sha256: string;
  readonly contextLength: number;
  readonly log?: (message: string) => void;
}

/** Makes the package where it is missing, incomplete, or one of other content; else leaves it as it is. @throws as `packGguf` */
export async function ensurePackage({ sha256, log, ...options }: EnsurePackageOptions): Promise<ModelManifest> {
  const existing = await readExisting(options, sha256);
  if (existing) return existing;
  log?.(`Packing ${options.id} for devices.`);
  // What makes packages takes a while to load, and is needed the first time only.
  const { packGguf } = await import('./pack-gguf.ts');
  return packGguf(options);
}

async function readExisting(
  { folder, id, license, contextLength }: Omit<EnsurePackageOptions, 'sha256' | 'log'>,
  sha256: string,
): Promise<ModelManifest | undefined> {
  try {
    const manifest = parseManifest(JSON.parse(await readFile(join(folder, id, 'manifest.json'), 'utf8')));
    const isSame = manifest.id === id && manifest.license === license && manifest.contextLength === contextLength;
    const [file, ...others] = manifest.files;
    if (!isSame || !file || others.length > 0 || file.sha256 !== sha256) return undefined;
    const { size } = await stat(join(folder, id, 'files', file.path));
    return size === file.bytes ? manifest : undefined;
  } catch {
    return undefined; // absent, cut off, of an older form: all of that is made anew
  }
}

import { constants } from 'node:fs';
import { copyFile, link, mkdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type ModelManifest, manifestSchema, parseManifest } from '@orilla/contract';
import { chatTemplateDigest, tokenizerDigest } from './canonical-digests.ts';
import { chunkRanges } from './chunk-ranges.ts';
import { hashChunks } from './hash-chunks.ts';
import { memoryFigures } from './memory-figures.ts';
import { numberOf, readGguf } from './read-gguf.ts';

export interface PackGgufOptions {
  /** The GGUF file; stays where it is. */
  readonly path: string;
  /** The package's id and its folder's name. */
  readonly id: string;
  /** SPDX identifier. */
  readonly license: string;
  /** Tokens; by default, and at most, what the model was trained for. */
  readonly contextLength?: number;
  /** The mirror's folder; the package becomes the folder `id` in it. */
  readonly folder: string;
  readonly signal?: AbortSignal;
}

/**
 * Makes a package for the mirror from a GGUF file. The manifest is written last: where one stands, the package is whole.
 * @throws Error where the file is no GGUF of a known form; AbortError
 */
export async function packGguf({
  path,
  id,
  license,
  contextLength,
  folder,
  signal,
}: PackGgufOptions): Promise<ModelManifest> {
  const { size: bytes } = await stat(path);
  const header = await readGguf(path);
  signal?.throwIfAborted();
  const trained = numberOf(header.metadata, `${header.metadata['general.architecture']}.context_length`);
  if (contextLength !== undefined && contextLength > trained)
    throw new Error(
      `${basename(path)} was trained for ${trained} tokens of context, and ${contextLength} were asked for.`,
    );
  const { sha256, chunks } = await hashChunks(path, chunkRanges(bytes, header.tensorOffset), signal ? { signal } : {});
  const [tokenizer, template] = [tokenizerDigest(header), chatTemplateDigest(header)];
  const manifest = parseManifest({
    schema: manifestSchema,
    id,
    engine: 'llamacpp',
    files: [{ path: basename(path), bytes, sha256, chunks }],
    contextLength: contextLength ?? trained,
    memory: memoryFigures(header, bytes),
    license,
    ...(tokenizer && { tokenizerDigest: tokenizer }),
    ...(template && { chatTemplateDigest: template }),
  } satisfies ModelManifest);
  const target = join(folder, id);
  await rm(join(target, 'manifest.json'), { force: true });
  await mkdir(join(target, 'files'), { recursive: true });
  await place(path, join(target, 'files', basename(path)));
  await writeFile(join(target, 'manifest.json.part'), `${JSON.stringify(manifest, null, 2)}\n`);
  signal?.throwIfAborted();
  await rename(join(target, 'manifest.json.part'), join(target, 'manifest.json'));
  return manifest;
}

/** The same file under another name where the file system can; else a copy, without copying where that can be shared. */
async function place(path: string, to: string): Promise<void> {
  const part = `${to}.part`;
  // A mirror gives nothing that a link leads out of it to, so it has to be the file and not a link to it.
  const from = await realpath(path);
  await rm(part, { force: true });
  try {
    await link(from, part);
  } catch {
    await copyFile(from, part, constants.COPYFILE_FICLONE); // another disk, or a file system without links
  }
  // Renaming one name of a file to another name of the same file does nothing and leaves both.
  await rm(to, { force: true });
  await rename(part, to);
}

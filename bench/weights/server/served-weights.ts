import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { generatedContent } from '../../../test/fixtures/worker-page/generated-content.ts';
import { makePackage } from '../../../test/fixtures/worker-page/make-package.ts';
import type { Weights } from '../../weights-page/weights.ts';

export const MiB = 1024 ** 2;

/** As `orilla pack` cuts files. */
const chunkBytes = 8 * MiB;
/** As MLC's converter cuts weights, into files of their own. */
const webLlmShardBytes = 32 * MiB;

export interface ServedWeights {
  /** By path, without a slash at the beginning. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** As the page is told of them. */
  describe(origin: string): Weights;
}

/** The same bytes, in each of the forms in which ours and the peers ask for them. */
export async function servedWeights(bytes: number): Promise<ServedWeights> {
  const content = Buffer.concat(
    await generatedContent(bytes)
      .read(0, bytes - 1)
      .toArray(),
  );
  const { served, describe } = await makePackage({ id: 'bench', content, chunkBytes });
  const own = Object.entries(served).map(([path, body]) => [`models/${path}`, toBytes(body)] as const);
  return {
    files: new Map([...own, ...webLlmFiles(content)]),
    describe: (origin) => ({
      bytes,
      chunkBytes,
      pkg: describe(`${origin}/models/`),
      fileUrl: `${origin}/models/bench/files/model.gguf`,
      webLlmUrl: `${origin}/web-llm/`,
    }),
  };
}

export function isWeights(path: string): boolean {
  return path.endsWith('.gguf') || path.endsWith('.bin');
}

/** A folder of MLC's. Its shards hold no tensors by name, so that WebLLM reads them and computes nothing. */
function webLlmFiles(content: Uint8Array): readonly (readonly [string, Uint8Array])[] {
  const shards = Array.from({ length: Math.ceil(content.length / webLlmShardBytes) }, (_, index) => ({
    dataPath: `params_shard_${index}.bin`,
    bytes: content.subarray(index * webLlmShardBytes, (index + 1) * webLlmShardBytes),
  }));
  const records = shards.map(({ dataPath, bytes }) => ({
    dataPath,
    format: 'raw-shard',
    nbytes: bytes.length,
    records: [],
  }));
  return [
    ['web-llm/tensor-cache.json', new TextEncoder().encode(JSON.stringify({ metadata: {}, records }))],
    ...shards.map(({ dataPath, bytes }) => [`web-llm/${dataPath}`, bytes] as const),
  ];
}

/** Every file in a folder, by its path in it. */
export async function readFolder(folder: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return new Map(
    await Promise.all(
      paths.map(async (path) => [relative(folder, path).split(sep).join('/'), await readFile(path)] as const),
    ),
  );
}

/** What this package was made of, or its manifest: both are in memory. */
function toBytes(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  throw new TypeError('A package made of bytes is served from bytes.');
}

import type { ArrivingFiles, ModelManifest } from '@orilla/contract';
import { badPackage, requireJson } from '../package/read-package.ts';
import { libraryOf } from './package-files.ts';

/** What WebLLM reads of a package beside the library. */
const tensorCache = 'tensor-cache.json';
const described = ['mlc-chat-config.json', 'tokenizer.json'];

/** In the place of all weights: WebLLM looks for tensors by their names, and not at what they are before it computes. */
const shard = 'none.bin';
const tensorBytes = 4;
const noTensor = { shape: [1], dtype: 'float32', format: 'raw', nbytes: tensorBytes, byteOffset: 0 };

/**
 * The files of a package whose weights are still on their way, with a number in the place of each tensor: enough to open the model, with all
 * of its shaders, but not to compute with it. @throws OrillaError `engine.load-failed`; as `ArrivingFiles.file`
 */
export async function weightlessFiles(
  manifest: Pick<ModelManifest, 'files'>,
  files: ArrivingFiles,
): Promise<ReadonlyMap<string, Blob>> {
  const paths = [libraryOf(manifest), tensorCache, ...described];
  const arrived = new Map(await Promise.all(paths.map(async (path) => [path, await files.file(path)] as const)));
  const { records, ...rest } = await requireJson(arrived, tensorCache);
  const names = listOf(records).flatMap((record) =>
    listOf(fieldOf(record, 'records')).map((one) => fieldOf(one, 'name')),
  );
  const tensors = names.map((name) => ({ ...noTensor, name }));
  const cache = { ...rest, records: [{ dataPath: shard, format: 'raw-shard', nbytes: tensorBytes, records: tensors }] };
  return new Map([
    ...arrived,
    [tensorCache, new Blob([JSON.stringify(cache)])],
    [shard, new Blob([new Uint8Array(tensorBytes)])],
  ]);
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw badPackage(`its ${tensorCache} lists no tensors`);
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

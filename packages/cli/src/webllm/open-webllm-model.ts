import { decodePercent } from '../files/decode-percent.ts';
import type { FileSource } from '../files/file-source.ts';
import { defaultHubUrl, type HubOptions, openHubSource } from '../files/hub-source.ts';
import { joinSources } from '../files/joined-source.ts';
import { openWebFile } from '../files/web-file-source.ts';
import { checkLibraryName } from '../model/mlc/check-library.ts';
import { describeMlc } from '../model/mlc/describe-mlc.ts';
import type { ModelDescription } from '../model/model-description.ts';
import type { ModelRecord } from './model-record.ts';

/**
 * A model of WebLLM's catalogue: the files of its repository with its library beside them, and what the catalogue says of it where that
 * is more than the files do.
 * @throws Error where a part can't be had; AbortError
 */
export async function openWebllmModel(
  record: ModelRecord,
  options: HubOptions = {},
): Promise<{ readonly source: FileSource; readonly model: ModelDescription }> {
  if (record.isEmbedding)
    throw new Error(
      `${record.modelId} gives embeddings, which the engine webllm does not. Pack an ONNX or GGUF model that does.`,
    );
  const { hub, repository, revision } = parseModelUrl(record.modelUrl);
  const address = { repository, revision, path: '' };
  // A catalogue may name any host; the token is for the hub that was asked for, or the public one.
  const isKnown = options.hubUrl !== undefined || hub === defaultHubUrl;
  const token = isKnown ? options.token : undefined;
  const files = await openHubSource(address, { ...options, token, hubUrl: options.hubUrl ?? hub });
  const library = await openWebFile(record.libraryUrl, { ...options, integrity: record.libraryIntegrity });
  checkLibraryName(library);
  const source = { ...joinSources(files, library), modelName: record.modelId };
  const { contextLength } = record;
  const described = await describeMlc(source, { contextLength, ...(options.signal && { signal: options.signal }) });
  const { memory, maxContextLength } = described;
  // What the catalogue says for all of it, where it is more than what was reckoned.
  const rest = (record.memoryBytes ?? 0) - memory.weights - memory.kvPerToken * maxContextLength;
  const requires = record.requires ?? described.requires;
  return {
    source,
    model: {
      ...described,
      memory: { ...memory, scratch: Math.max(memory.scratch, rest) },
      ...(requires && { requires }),
    },
  };
}

/** WebLLM's addresses are those of a repository's page, or of its files at a revision: `…/resolve/REVISION/`. */
function parseModelUrl({ origin, pathname, href }: URL) {
  const match = /^\/([\w.-]+\/[\w.-]+)(?:\/resolve\/([^/]+))?\/?$/.exec(pathname);
  const [, repository, revision = 'main'] = match ?? [];
  if (!repository) throw new Error(`${href} is no address of a repository on a hub.`);
  return { hub: origin, repository, revision: decodePercent(revision, href) };
}

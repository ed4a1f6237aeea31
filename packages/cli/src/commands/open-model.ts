import type { FileSource } from '../files/file-source.ts';
import { parseHubAddress } from '../files/hub-address.ts';
import type { HubOptions } from '../files/hub-source.ts';
import { joinSources } from '../files/joined-source.ts';
import { openLocalSource } from '../files/local-source.ts';
import { openWebFile } from '../files/web-file-source.ts';
import { describeModel } from '../model/describe-model.ts';
import { checkLibraryName } from '../model/mlc/check-library.ts';
import type { ModelDescription } from '../model/model-description.ts';
import { findModelRecord } from '../webllm/model-record.ts';
import { readCatalogue } from '../webllm/read-catalogue.ts';
import type { CommandContext } from './command.ts';
import type { PackArguments } from './pack-arguments.ts';

const webllm = 'webllm:';

/** The model that a command line names, and what its files say about it. @throws Error, as each kind of source */
export async function openModel(
  args: PackArguments,
  { env, signal, fetch }: Pick<CommandContext, 'env' | 'signal' | 'fetch'>,
): Promise<{ readonly source: FileSource; readonly model: ModelDescription }> {
  const web = { signal, ...(fetch && { fetch }) };
  const hub = { ...web, hubUrl: args.hubUrl, token: env.HF_TOKEN };
  if (args.source.startsWith(webllm)) {
    const catalogue = await readCatalogue({ file: args.webllmConfig, signal });
    const { openWebllmModel } = await import('../webllm/open-webllm-model.ts');
    return openWebllmModel(findModelRecord(catalogue, args.source.slice(webllm.length)), hub);
  }
  const files = args.source.startsWith('hf:')
    ? await openRepository(args.source, hub)
    : await openLocalSource(args.source);
  const source = args.library === undefined ? files : joinSources(files, await openLibrary(args.library, web));
  const model = await describeModel(source, { engine: args.engine, choose: args.files, signal });
  if (args.library !== undefined && model.engine !== 'webllm')
    throw new Error(`--lib is for models of WebLLM, and ${files.name} holds one for ${model.engine}. Leave it out.`);
  return { source, model };
}

async function openRepository(place: string, options: HubOptions): Promise<FileSource> {
  const address = parseHubAddress(place);
  // The hub's own library is large, and a file on this machine doesn't need it.
  const { openHubSource } = await import('../files/hub-source.ts');
  return openHubSource(address, options);
}

async function openLibrary(place: string, options: { readonly fetch?: typeof fetch; readonly signal: AbortSignal }) {
  const isAddress = /^https?:\/\//.test(place) && URL.canParse(place);
  const library = await (isAddress ? openWebFile(new URL(place), options) : openLocalSource(place));
  checkLibraryName(library);
  return library;
}

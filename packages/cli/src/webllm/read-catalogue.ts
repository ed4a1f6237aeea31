import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openLocalSource } from '../files/local-source.ts';
import { readJson } from '../files/read-small-file.ts';

export interface ReadCatalogueOptions {
  /** A JSON file with WebLLM's `AppConfig`; without it, the installed library's own catalogue is read. */
  readonly file?: string | undefined;
  readonly signal?: AbortSignal;
  readonly importModule?: (specifier: string) => Promise<unknown>;
}

const library = '@mlc-ai/web-llm';

/** WebLLM's catalogue of models. @throws Error where the library is not installed, or the file is none; AbortError */
export async function readCatalogue({
  file,
  signal,
  importModule = importBeside,
}: ReadCatalogueOptions = {}): Promise<unknown> {
  if (file !== undefined) {
    const source = await openLocalSource(file);
    return readJson(source, source.files[0]?.path ?? file, { signal });
  }
  const module = await importModule(library).catch((error: unknown) => {
    throw isMissing(error)
      ? new Error(
          `WebLLM's catalogue comes with ${library}, which is not installed. Run \`npx -p @orilla/cli -p ${library} orilla pack …\`, or give a file of it by --webllm-config.`,
        )
      : error;
  });
  if (typeof module === 'object' && module !== null && 'prebuiltAppConfig' in module) return module.prebuiltAppConfig;
  throw new Error(`The installed ${library} has no prebuiltAppConfig. Give a file of it by --webllm-config.`);
}

/** Where it lies beside this package, else where the command was called. */
async function importBeside(specifier: string): Promise<unknown> {
  try {
    return await import(specifier);
  } catch (error) {
    if (!isMissing(error)) throw error;
    const path = createRequire(join(process.cwd(), 'package.json')).resolve(specifier);
    return import(pathToFileURL(path).href);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^(ERR_)?MODULE_NOT_FOUND$/.test(String(error.code));
}

import { type DevicePackage, isAbortError, isOrillaError, OrillaError } from '@orilla/contract';
import type { ReadOptions, Source, SourcedManifest } from './source.ts';

/**
 * The manifest of the first source that has a valid one.
 * @throws OrillaError what the only source said; of several, with what each of them said and the code that all have in common, else
 * `catalog.unreachable`; AbortError
 */
export async function firstManifest(
  pkg: DevicePackage,
  sources: readonly Source[],
  options: ReadOptions,
): Promise<SourcedManifest> {
  const failures: OrillaError[] = [];
  for (const source of sources) {
    try {
      return await source.readManifest(pkg, options);
    } catch (error) {
      if (isAbortError(error) || options.signal.aborted) throw error;
      failures.push(isOrillaError(error) ? error : unreadable(source.origin, error));
    }
  }
  const [first, ...others] = failures;
  if (first && others.length === 0) throw first;
  const each = failures.map(({ message }) => message).join(' ');
  const isSame = first && others.every(({ code }) => code === first.code);
  throw new OrillaError(
    isSame ? first.code : 'catalog.unreachable',
    `No source has the model package ${pkg.id}. ${each}`.trim(),
    {
      advice: (isSame && first.advice) || 'Check the connection, and the sources in the catalog.',
    },
  );
}

/** For a document that breaks what reads it: the next source may have a good one. */
function unreadable(origin: string, cause: unknown): OrillaError {
  return new OrillaError('catalog.bad-manifest', `What ${origin} says of the model package can't be read.`, {
    advice: 'Check that the address in the catalog is a model mirror or a hub.',
    cause,
  });
}

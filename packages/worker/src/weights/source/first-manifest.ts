import { type DevicePackage, isAbortError, isOrillaError, OrillaError } from '@orilla/contract';
import type { ReadOptions, Source, SourcedManifest } from './source.ts';

/**
 * The manifest of the first source that has a valid one.
 * @throws OrillaError what the only source said, or `catalog.unreachable` with what each of them said; AbortError
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
      if (isAbortError(error) || options.signal.aborted || !isOrillaError(error)) throw error;
      failures.push(error);
    }
  }
  if (failures.length === 1 && failures[0]) throw failures[0];
  const each = failures.map(({ message }) => message).join(' ');
  throw new OrillaError('catalog.unreachable', `No source has the model package ${pkg.id}. ${each}`.trim(), {
    advice: 'Check the connection, and the sources in the catalog.',
  });
}

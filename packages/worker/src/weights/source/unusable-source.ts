import { OrillaError, type PackageSource } from '@orilla/contract';
import type { Source } from './source.ts';

/** A source that the catalog names in a way that leads nowhere: it has nothing, and says why. Others may have the package. */
export function unusableSource(source: PackageSource, cause: unknown): Source {
  const origin = source.kind === 'mirror' ? source.url : source.repository;
  return {
    origin,
    readManifest: () =>
      Promise.reject(
        new OrillaError(
          'catalog.bad-catalog',
          `A source of the model package leads nowhere: ${origin} is no address.`,
          {
            advice: 'Mend the sources of the package in the catalog.',
            cause,
          },
        ),
      ),
    fileUrl: () => null,
  };
}

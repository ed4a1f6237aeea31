import { OrillaError, type PackageFile } from '@orilla/contract';
import type { Exchange } from '../http/route-table.ts';
import type { ManifestDocument } from './manifest-document.ts';

/** A package that can be served. */
export interface MirrorPackage {
  readonly document: ManifestDocument;
  /**
   * Answers GET or HEAD with a file that the manifest names.
   * @throws OrillaError where the file is not there, or not the one that the manifest describes
   */
  answerFile(exchange: Pick<Exchange, 'request' | 'response'>, file: PackageFile): Promise<void>;
}

/** Looks a package up by its id; `undefined` where there is none that can be served. */
export type FindPackage = (id: string) => Promise<MirrorPackage | undefined>;

/** Where a mirror's packages are. */
export interface MirrorSource {
  readonly find: FindPackage;
  /** Whether files pass through the relay, or only the way to them. */
  readonly sendsFiles: boolean;
  close(): void;
}

/** Lookups of one id at the same time are one lookup: twenty tabs that open a page read a manifest once. */
export function shareLookups(find: FindPackage): FindPackage {
  const pending = new Map<string, ReturnType<FindPackage>>();
  return (id) => {
    const known = pending.get(id);
    if (known) return known;
    const lookup = find(id).finally(() => pending.delete(id));
    pending.set(id, lookup);
    return lookup;
  };
}

/** A manifest promises a file that the mirror doesn't have. */
export const missingFile = (): OrillaError =>
  new OrillaError('protocol.unknown-route', "The manifest names this file, but it is not among the mirror's.", {
    advice: 'Tell whoever runs this relay to make the package again.',
  });

/** The file that the mirror has under that name is another one. */
export const differingFile = (): OrillaError =>
  new OrillaError('relay.failed', 'A file of this model package is not the one that its manifest describes.', {
    advice: 'Tell whoever runs this relay to make the package again.',
  });

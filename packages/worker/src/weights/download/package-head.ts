import { type DevicePackage, OrillaError } from '@orilla/contract';
import type { Draft } from '../backend/weight-backend.ts';
import { downloadLock } from '../locks/lock-names.ts';
import { missingPieces, type Piece, piecesOf } from '../pieces/pieces.ts';
import { ProgressMeter } from '../progress-meter.ts';
import type { StoreParts } from '../store-parts.ts';
import { fetchMissing } from './fetch-missing.ts';
import type { FetchedPiece } from './fetch-piece.ts';
import { PackageSources } from './package-sources.ts';
import { openStored, storedDraft } from './stored-package.ts';
import { TransferShare } from './transfer-share.ts';

/**
 * The beginning of a package's first file, at least `bytes` of it, verified; what is missing of that is fetched. Somebody waits for it, so
 * that it goes before what is fetched in the background. What a download has begun with is read as it is, and nothing of it is changed.
 * @throws OrillaError of the families Catalog and Storage, `capability.unsupported` where no part of the file can be verified alone;
 * AbortError
 */
export async function bringHead(
  pkg: DevicePackage,
  parts: StoreParts,
  { bytes, signal }: { readonly bytes: number; readonly signal: AbortSignal },
): Promise<Blob> {
  const { shelf, backend, network, slots } = parts;
  const stored = await openStored(pkg, parts);
  if (stored) {
    const [first] = stored.files.values();
    return first ?? new Blob();
  }
  const sources = new PackageSources(pkg, parts);
  const record = (await storedDraft(pkg, parts)) ?? (await sources.record({ signal }));
  const { manifest } = record;
  const head = piecesOf({ ...manifest, files: manifest.files.slice(0, 1) }).filter(({ offset }) => offset < bytes);
  if (head.some(({ sha256 }) => sha256 === null))
    throw new OrillaError('capability.unsupported', 'The package can only be read when it is downloaded whole.', {
      advice: 'Load the package first.',
    });
  await nameChunks(record, parts);
  const missing = missingPieces(head, await shelf.chunkKeys());
  const store = (_: Piece, { sha256, blob }: FetchedPiece) => backend.chunks.put(sha256, blob);
  const share = new TransferShare({ slots, priority: 'question', onWaiting: () => undefined });
  const meter = new ProgressMeter({ now: network.now, report: () => undefined });
  // Whoever wants to know how long a question is has another way to an answer.
  await fetchMissing(missing, { ...parts, sources: sources.load, share, meter, signal, store, isPatient: false });
  return shelf.openPieces(head);
}

/**
 * Sees to it that what is fetched belongs to something. Whoever just downloads the package, or removes it, has its lock, and says that: a
 * chunk that belongs to nothing then goes with the next collection.
 */
async function nameChunks(record: Draft, { shelf, backend, locks }: StoreParts): Promise<void> {
  const { id } = record.manifest;
  const name = async () => {
    if (!(await backend.drafts.get(id)) && !(await backend.packages.get(id))) await shelf.draft(record);
  };
  if (locks) await locks.request(downloadLock(id), { ifAvailable: true }, (lock) => (lock ? name() : undefined));
  else await name();
}

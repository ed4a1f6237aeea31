import { isOrillaError, OrillaError } from '@orilla/contract';
import type { Draft } from '../backend/weight-backend.ts';
import { missingPieces, type Piece, piecesOf, smallFilesFirst, totalLength } from '../pieces/pieces.ts';
import type { ProgressMeter } from '../progress-meter.ts';
import type { ShelvedPackage } from '../shelf/weight-shelf.ts';
import type { LoadSources } from '../source/load-sources.ts';
import type { StoreParts } from '../store-parts.ts';
import type { ArrivingPackage } from './arriving-package.ts';
import { fetchMissing } from './fetch-missing.ts';
import type { FetchedPiece } from './fetch-piece.ts';
import { makeRoomFor } from './make-room-for.ts';
import type { SourcedRecord } from './package-sources.ts';
import { Quarantine } from './quarantine.ts';
import { openStored } from './stored-package.ts';
import { takeOver } from './take-over.ts';
import type { TransferShare } from './transfer-share.ts';

export interface CompleteOptions {
  readonly parts: StoreParts;
  readonly sources: LoadSources;
  readonly share: TransferShare;
  readonly meter: ProgressMeter;
  readonly arriving: ArrivingPackage;
  readonly signal: AbortSignal;
}

/**
 * Fetches what is missing of a package, checks what only a whole file can prove, and stores the manifest last. Gives `null` where
 * something is missing after all: another tab removed it, or the disk gave back other bytes.
 * @throws OrillaError of the family Storage; AbortError
 */
export async function completePackage(record: SourcedRecord, options: CompleteOptions): Promise<ShelvedPackage | null> {
  const { parts, sources, meter, signal } = options;
  const { shelf, backend } = parts;
  const { id } = record.manifest;
  const quarantine = new Quarantine(record, parts);
  await fetchAll(record, quarantine, options);
  const draft: Draft = (await backend.drafts.get(id)) ?? record;
  if (missingOf(draft, await shelf.chunkKeys()).length > 0) return null;
  const onChecked = (bytes: number) => meter.enter('verify', { storedBytes: bytes });
  const manifest = await quarantine.end({ sources, signal, onChecked });
  if (!manifest) return null;
  signal.throwIfAborted();
  await shelf.finish({ manifest, document: record.document, pkg: record.pkg });
  return openStored(record.pkg, parts);
}

async function fetchAll(
  record: SourcedRecord,
  quarantine: Quarantine,
  { parts, sources, share, meter, arriving, signal }: CompleteOptions,
): Promise<void> {
  const { shelf, backend, network, locks } = parts;
  const { id } = record.manifest;
  const earlier = (await backend.drafts.get(id)) ?? (await backend.packages.get(id));
  const draft: Draft = earlier ? await takeOver(earlier, record, { backend, shelf, signal }) : record;
  // Before the first write of a new one too: a browser that is nearly full refuses even a note.
  await makeRoomFor(draft, totalLength(missingOf(draft, await shelf.chunkKeys())), parts);
  const stored = await shelf.draft(draft);
  const missing = missingOf(draft, stored);
  const totalBytes = totalLength(piecesOf(record.manifest));
  meter.enter('download', { storedBytes: totalBytes - totalLength(missing), totalBytes });
  if (missing.length > 0) arriving.begin(record.manifest, stored);
  const store = async (piece: Piece, fetched: FetchedPiece, stopping: { readonly signal: AbortSignal }) => {
    const { file } = piece;
    if (!file.chunks) await quarantine.note(piece, fetched);
    await backend.chunks.put(fetched.sha256, fetched.blob);
    if (!file.chunks) await quarantine.advance(file, fetched, stopping);
  };
  try {
    const onStored = (sha256: string) => arriving.stored(sha256);
    await fetchMissing(smallFilesFirst(missing), {
      backend,
      network,
      locks,
      sources,
      share,
      meter,
      signal,
      store,
      onStored,
    });
  } catch (error) {
    throw isOrillaError(error) && error.code === 'storage.quota-exceeded' ? tellMissing(error, meter.leftBytes) : error;
  }
}

/** Each content once. */
function missingOf(draft: Draft, stored: ReadonlySet<string>): readonly Piece[] {
  // A hash that came with a piece in quarantine proves nothing, least of all when the piece itself is gone.
  return missingPieces(piecesOf(draft.manifest, draft.quarantine), stored).map((piece) =>
    piece.file.chunks ? piece : { ...piece, sha256: null },
  );
}

function tellMissing(error: OrillaError, missingBytes: number): OrillaError {
  return new OrillaError(
    'storage.quota-exceeded',
    `The browser's storage is full: ${missingBytes} bytes of the model are missing. What is stored of it is kept.`,
    { advice: 'Remove another model, or free disk space, and load this one again.', cause: error },
  );
}

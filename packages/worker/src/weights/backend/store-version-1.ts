import type { ModelManifest } from '@orilla/contract';
import type { Draft, PackageRecord, QuarantinedFile } from './weight-backend.ts';

/** What stood under a complete package's id in the first version, in the database `manifests`. */
export type FirstManifest = ModelManifest;

/** A package on its way in the first version: of files in quarantine, the hashes alone. */
export interface FirstDraft {
  readonly manifest: ModelManifest;
  readonly quarantine?: Readonly<Record<string, readonly (string | null)[]>>;
}

export function upgradeManifest(manifest: FirstManifest): PackageRecord {
  return { manifest, document: null, pkg: null };
}

/** An upgrade may have been cut off. */
export function isFirstDraft(draft: Draft | FirstDraft): draft is FirstDraft {
  return !('pkg' in draft);
}

export function upgradeDraft({ manifest, quarantine }: FirstDraft): Draft {
  const record = upgradeManifest(manifest);
  if (!quarantine) return record;
  const files = Object.entries(quarantine).map(([path, pieces]): [string, QuarantinedFile] => [path, { pieces }]);
  return { ...record, quarantine: Object.fromEntries(files) };
}

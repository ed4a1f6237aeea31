import type { Orilla } from '@orilla/core';
import { useEffect, useState } from 'react';

/** Bytes that this page takes and may take in all, as the browser estimates them; `null` where it does not tell. */
export interface StorageRoom {
  readonly usageBytes: number;
  readonly quotaBytes: number;
}

/** Read again whenever `revision` changes. `isKept`: whether the browser has promised to evict nothing. */
export function useStorageRoom(
  { packages }: Orilla,
  revision: unknown,
): { readonly room: StorageRoom | null; readonly isKept: boolean } {
  const [state, setState] = useState<{ room: StorageRoom | null; isKept: boolean }>({ room: null, isKept: false });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision says when the browser has more to tell
  useEffect(() => {
    let isGone = false;
    Promise.all([estimateRoom(), packages.isKept()]).then(([room, isKept]) => {
      if (!isGone) setState({ room, isKept });
    });
    return () => {
      isGone = true;
    };
  }, [packages, revision]);
  return state;
}

async function estimateRoom(): Promise<StorageRoom | null> {
  try {
    const { usage, quota } = await navigator.storage.estimate();
    return usage === undefined || quota === undefined ? null : { usageBytes: usage, quotaBytes: quota };
  } catch {
    return null; // an insecure page has no storage to ask about
  }
}

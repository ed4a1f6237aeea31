import type { LoadProgress, LoadResult } from '@orilla/contract';

/** What the device way is doing, for a page to show. */
export type DeviceState =
  | { readonly status: 'idle' }
  | { readonly status: 'loading'; readonly packageId: string; readonly progress: LoadProgress | null }
  | { readonly status: 'ready'; readonly packageId: string; readonly loaded: LoadResult }
  | { readonly status: 'failed'; readonly packageId: string; readonly error: Error };

export type DeviceListener = (state: DeviceState) => void;

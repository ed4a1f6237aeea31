import type { EmbeddedConfig } from '@orilla/relay';

/** From the launcher to the process it started, once. After that, the end of the channel ends the process. */
export interface StartMessage {
  readonly type: 'start';
  readonly config: EmbeddedConfig;
  /** A path in a folder of its own, which goes with the process; or the name of a pipe on Windows. */
  readonly socketPath: string;
}

/** From the process. `ready` or `failed` comes once. */
export type ProcessMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'log'; readonly level: 'warn' | 'error'; readonly message: string };

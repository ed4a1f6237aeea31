import type { CallMessage } from '@orilla/contract';
import type { EngineWork } from './engine-work.ts';

/** Between the workers of an origin's tabs, by a channel that all of them hear: `to` says whom one is meant for. Calls count by sender. */
export type TabMessage =
  | { readonly type: 'who-leads'; readonly from: string }
  | { readonly type: 'leads'; readonly from: string }
  | {
      readonly type: 'call';
      readonly from: string;
      readonly to: string;
      readonly call: number;
      readonly work: EngineWork;
    }
  | { readonly type: 'abort'; readonly from: string; readonly to: string; readonly call: number }
  | {
      readonly type: 'answer';
      readonly from: string;
      readonly to: string;
      readonly call: number;
      readonly message: CallMessage<unknown>;
    }
  | { readonly type: 'ping'; readonly from: string; readonly to: string }
  | { readonly type: 'pong'; readonly from: string; readonly to: string };

/** Held by every tab's worker as long as it lives, so that the others know when it is gone. */
export const tabLock = (id: string) => `orilla-tab-${id}`;

/** What a `BroadcastChannel` is, as far as it is used here. */
export interface TabChannel {
  onmessage: ((event: MessageEvent<TabMessage>) => void) | null;
  postMessage(message: TabMessage): void;
}

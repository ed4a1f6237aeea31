import { useSyncExternalStore } from 'react';

export type View = 'chat' | 'models';

/** What a link to a view says. The history is the browser's own: back and forward work as everywhere. */
export const viewHref = { chat: '#chat', models: '#models' } as const satisfies Record<View, string>;

/** The view that an address asks for; the chat where it asks for none. */
export const viewOf = (hash: string): View => (hash === viewHref.models ? 'models' : 'chat');

function subscribe(changed: () => void): () => void {
  addEventListener('hashchange', changed);
  return () => removeEventListener('hashchange', changed);
}

export const useView = (): View => useSyncExternalStore(subscribe, () => viewOf(location.hash));

import { Workbox } from 'workbox-window';

/** A newer version of the page. */
export interface PageUpdate {
  /** Another tab has changed to it: what this page has not loaded yet may be gone. */
  readonly isDone: boolean;
  /** Changes to it, and reloads. */
  apply(): void;
}

/**
 * Puts the page, its worker and its engine into the browser's cache, so that it opens without a connection after the first visit.
 * `onUpdate` gets called when a newer version is cached, or is in use already: the page changes to it when its reader says so, never by
 * itself, in mid-answer.
 */
export async function registerServiceWorker(onUpdate: (update: PageUpdate) => void): Promise<void> {
  // A part of the page that could not be fetched was most likely replaced.
  addEventListener('vite:preloadError', () => onUpdate({ isDone: true, apply: reload }));
  if (!('serviceWorker' in navigator)) return;
  const { serviceWorker } = navigator;
  const workbox = new Workbox('/sw.js');
  let isControlled = serviceWorker.controller !== null;
  let isAsked = false;
  workbox.addEventListener('waiting', () => {
    onUpdate({
      isDone: false,
      apply() {
        isAsked = true;
        workbox.messageSkipWaiting();
      },
    });
  });
  serviceWorker.addEventListener('controllerchange', () => {
    if (isAsked) reload();
    else if (isControlled) onUpdate({ isDone: true, apply: reload });
    isControlled = true; // the first visit is taken over by the version that it shows
  });
  await workbox.register();
}

const reload = () => location.reload();

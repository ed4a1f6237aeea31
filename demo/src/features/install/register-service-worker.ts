import { Workbox } from 'workbox-window';

/**
 * Puts the page, its worker and its engine into the browser's cache, so that it opens without a connection after the first visit.
 * `onUpdate` gets called when a newer version is cached, with what makes the page change to it: never by itself, in mid-answer.
 */
export async function registerServiceWorker(onUpdate: (apply: () => void) => void): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const workbox = new Workbox('/sw.js');
  workbox.addEventListener('waiting', () => {
    onUpdate(() => {
      workbox.addEventListener('controlling', () => location.reload());
      workbox.messageSkipWaiting();
    });
  });
  await workbox.register();
}

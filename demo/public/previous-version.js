// Part of the service worker. Before a new version replaces the files of the one in use, it keeps them: a tab that still shows that one
// may need a part of it that it has not loaded yet. They stay until the next new version comes.
const cacheName = 'orilla-previous-version';

addEventListener('install', (event) => {
  if (registration.active) event.waitUntil(keepFiles());
});

async function keepFiles() {
  await caches.delete(cacheName);
  const kept = await caches.open(cacheName);
  for (const name of await caches.keys()) {
    if (!name.startsWith('workbox-precache')) continue;
    const current = await caches.open(name);
    for (const request of await current.keys()) {
      if (!new URL(request.url).pathname.startsWith('/assets/')) continue;
      const response = await current.match(request);
      if (response) await kept.put(request, response);
    }
  }
}

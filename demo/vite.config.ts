import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';

const root = fileURLToPath(new URL('.', import.meta.url));
const MiB = 1024 * 1024;

/** What makes a page cross-origin isolated, which WASM threads need. The relay sends the same. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  root,
  // The workspace's own packages are bundled from their sources: no build comes before this one.
  resolve: { conditions: ['@orilla/source', ...defaultClientConditions] },
  worker: { format: 'es' },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // The page's policy allows no inline script and no data: font, so every asset is a file.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { headers: isolation },
  preview: { headers: isolation },
  plugins: [
    react(),
    VitePWA({
      strategies: 'generateSW',
      filename: 'sw.js',
      registerType: 'prompt',
      injectRegister: false,
      manifest: {
        name: 'Orilla',
        short_name: 'Orilla',
        description: "Private AI at the edge: a language model in this browser, or on your organization's own server.",
        id: '/',
        start_url: '/',
        scope: '/',
        display: 'standalone',
        background_color: '#f7fafa',
        theme_color: '#0b6a80',
        categories: ['productivity', 'utilities'],
        icons: [
          { src: '/icons/mark-192.png', sizes: '192x192', type: 'image/png', purpose: 'any' },
          { src: '/icons/mark-512.png', sizes: '512x512', type: 'image/png', purpose: 'any' },
          { src: '/icons/maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
          { src: '/icons/mark.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' },
        ],
      },
      workbox: {
        // Everything that the page needs to open and to answer: the engine's WASM too, which is the largest by far.
        globPatterns: ['**/*.{html,js,css,wasm,woff2,svg,png,webmanifest}'],
        // What only other engines need than the starter's is kept once it was used, by the rule below for assets.
        globIgnores: ['previous-version.js', 'assets/ort*'],
        // A tab that still shows the version before loads its parts from there: the server may have the new ones only.
        importScripts: ['previous-version.js'],
        runtimeCaching: [
          { urlPattern: /\/assets\//, handler: 'CacheFirst', options: { cacheName: 'orilla-previous-version' } },
        ],
        maximumFileSizeToCacheInBytes: 16 * MiB,
        navigateFallback: 'index.html',
        // What the relay answers itself is never the page.
        navigateFallbackDenylist: [/^\/v1\//, /^\/orilla\//, /^\/healthz$/, /^\/readyz$/, /^\/metrics$/],
        // The first visit is served from the cache as well, once that is filled: it may lose its connection at any time.
        clientsClaim: true,
        skipWaiting: false,
        cleanupOutdatedCaches: true,
      },
    }),
  ],
});

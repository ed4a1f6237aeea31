import { buildSizeApp } from './tools/check/size-app/build-size-app.ts';

const { page, worker } = await buildSizeApp();

// gzipped, as a server sends it.
export default [
  { name: 'page, before any model', path: page, limit: '20 kB', gzip: true },
  { name: 'worker, without engines and text modules', path: worker, limit: '30 kB', gzip: true },
];

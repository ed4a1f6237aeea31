import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cacheFolder } from './cache-folder.ts';

test('lives in ~/.cache/orilla when nothing else is said', () => {
  expect(cacheFolder([], { env: {}, home: '/home/ana' })).toBe(join('/home/ana', '.cache', 'orilla'));
});

test('ORILLA_CACHE moves it', () => {
  expect(cacheFolder(['models'], { env: { ORILLA_CACHE: '/big/disk' }, home: '/home/ana' })).toBe(
    join('/big/disk', 'models'),
  );
});

test('an empty ORILLA_CACHE counts as unset', () => {
  expect(cacheFolder(['models', 'a.gguf'], { env: { ORILLA_CACHE: '' }, home: '/home/ana' })).toBe(
    join('/home/ana', '.cache', 'orilla', 'models', 'a.gguf'),
  );
});

import { OrillaError } from '@orilla/contract';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { toShownError } from '../errors/error-kind.ts';
import type { ImportTask } from '../models/package-tasks.ts';
import { ImportFile } from './import-file.tsx';

const nothing = () => undefined;
const card = (importing: ImportTask | null) =>
  renderToStaticMarkup(<ImportFile importing={importing} onFile={nothing} onStop={nothing} />).replace(
    /[\u00a0\u202f]/g,
    ' ',
  );

test('takes tar files, by a button that says what for', () => {
  const markup = card(null);
  expect(markup).toContain('Add from a file');
  expect(markup).toMatch(/<input[^>]*type="file"[^>]*accept="\.tar/);
  expect(markup).not.toContain('<progress');
});

test('names the file and tells how far it is; it can be cancelled', () => {
  const markup = card({
    fileName: 'smol.tar',
    progress: {
      phase: 'verify',
      storedBytes: 3e6,
      totalBytes: 9e6,
      fetchedBytes: 0,
      bytesPerSecond: 0,
      secondsLeft: null,
    },
    error: null,
  });
  for (const text of ['Adding smol.tar', '3.0 MB of 9.0 MB checked', 'Cancel']) expect(markup).toContain(text);
});

test('before the first word of progress there is a bar without an end', () => {
  expect(card({ fileName: 'smol.tar', progress: null, error: null })).toMatch(/<progress(?![^>]*value)/);
});

test('a file that is no model is a card that can be closed', () => {
  const error = toShownError(new OrillaError('storage.bad-archive', 'The archive ends too early.'), 'device');
  const markup = card({ fileName: 'other.tar', progress: null, error });
  for (const text of ['This file can&#x27;t be added.', 'Close', 'role="alert"']) expect(markup).toContain(text);
  expect(markup).not.toContain('<progress');
});

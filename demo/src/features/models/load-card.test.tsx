import type { LoadProgress } from '@orilla/contract';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { LoadCard } from './load-card.tsx';

const downloading: LoadProgress = {
  phase: 'download',
  storedBytes: 41_800_000,
  totalBytes: 98_362_432,
  fetchedBytes: 41_800_000,
  bytesPerSecond: 12_300_000,
  secondsLeft: 4.6,
};
const plain = (progress: LoadProgress | null) =>
  renderToStaticMarkup(
    <LoadCard title="Starter" progress={progress} onCancel={() => undefined} onResume={() => undefined} />,
  ).replace(/[\u00a0\u202f]/g, ' ');

test('tells bytes, speed, time left and how far it is', () => {
  const markup = plain(downloading);
  for (const text of ['Downloading Starter', '41.8 MB of 98.4 MB', '12.3 MB/s', '5 sec left', '42%']) {
    expect(markup).toContain(text);
  }
});

test('the bar counts bytes, and has the name of what it counts', () => {
  const markup = plain(downloading);
  expect(markup).toMatch(
    /<progress[^>]*value="41800000"[^>]*max="98362432"|<progress[^>]*max="98362432"[^>]*value="41800000"/,
  );
  const [, id] = /<h2 id="([^"]+)"/.exec(markup) ?? [];
  expect(id).toBeTruthy();
  expect(markup).toContain(`aria-labelledby="${id}"`);
});

test('before the first word, and while the model is opened, there is nothing to count', () => {
  for (const [progress, heading] of [
    [null, 'Looking for Starter'],
    [{ ...downloading, phase: 'manifest' }, 'Looking for Starter'],
    [{ ...downloading, phase: 'open' }, 'Opening Starter'],
  ] as const) {
    const markup = plain(progress);
    expect(markup).toContain(heading);
    expect(markup).toMatch(/<progress(?![^>]*value)/);
    expect(markup).not.toContain('MB of');
  }
});

test('no speed is told before one is known, and no time that nobody can tell', () => {
  const markup = plain({ ...downloading, bytesPerSecond: 0, secondsLeft: null });
  expect(markup).not.toContain('B/s');
  expect(markup).not.toContain('left');
});

test('it can be cancelled, and the button says what', () => {
  expect(plain(downloading)).toMatch(/<button[^>]*aria-label="Cancel download"/);
});

test('a size that nobody knows yet does not divide by zero', () => {
  const markup = plain({ ...downloading, storedBytes: 0, totalBytes: 0 });
  expect(markup).toContain('0%');
  expect(markup).not.toContain('NaN');
});

test('a load that waits says what for, and what is here already', () => {
  const markup = plain({ ...downloading, phase: 'waiting' });
  for (const text of ['Starter is waiting', 'Another download goes first', '41.8 MB of 98.4 MB']) {
    expect(markup).toContain(text);
  }
  expect(markup).not.toContain('MB/s');
  expect(plain({ ...downloading, phase: 'waiting', storedBytes: 0 })).toMatch(/<progress(?![^>]*value)/);
});

test('a paused load stands still and can be resumed', () => {
  const markup = plain({ ...downloading, phase: 'paused' });
  expect(markup).toContain('Download of Starter paused');
  expect(markup).toContain('41.8 MB of 98.4 MB');
  expect(markup).not.toContain('sec left');
  expect(markup).toMatch(/<button[^>]*aria-label="Resume download"/);
  expect(plain(downloading)).not.toContain('Resume');
});

test('what was downloaded is read again, and the bytes of that are counted', () => {
  const markup = plain({ ...downloading, phase: 'verify' });
  for (const text of ['Checking Starter', '41.8 MB of 98.4 MB checked', '5 sec left']) expect(markup).toContain(text);
});

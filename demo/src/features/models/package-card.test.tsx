import type { DevicePackage, LoadProgress, PackageState, StoredPackage } from '@orilla/contract';
import { encodeError, OrillaError } from '@orilla/contract';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { LanguageProvider } from '../../i18n/language-provider.tsx';
import { toShownError } from '../errors/error-kind.ts';
import type { ModelRow } from './model-rows.ts';
import { PackageCard } from './package-card.tsx';
import type { PackageTask } from './package-tasks.ts';
import { rowState } from './row-state.ts';

const pkg: DevicePackage = {
  id: 'smol',
  engine: 'llamacpp',
  bytes: 98_362_432,
  contextLength: 1,
  memory: { weights: 1, kvPerToken: 1, scratch: 1 },
  license: 'Apache-2.0',
  sources: [],
};
const progress: LoadProgress = {
  phase: 'download',
  storedBytes: 41_800_000,
  totalBytes: 98_362_432,
  fetchedBytes: 41_800_000,
  bytesPerSecond: 12_300_000,
  secondsLeft: 4.6,
};
const stored = (state: PackageState, change: Partial<StoredPackage> = {}): StoredPackage => ({
  id: 'smol',
  bytes: 98_362_432,
  totalBytes: 98_362_432,
  state,
  isComplete: state === 'complete',
  isPinned: false,
  lastUsedMs: 0,
  progress: null,
  ...change,
});
const row = (change: Partial<ModelRow> = {}): ModelRow => ({
  key: 'package smol',
  title: 'SmolLM2 135M',
  sharedWith: [],
  pkg,
  fit: { verdict: 'fits', pkg },
  stored: null,
  ...change,
});
const idle: PackageTask = { doing: null, progress: null, damagedChunks: null, error: null };
const nothing = () => undefined;
const commands = {
  download: nothing,
  pause: nothing,
  remove: nothing,
  pin: nothing,
  verify: nothing,
  stop: nothing,
  export: nothing,
};

function card(shown: ModelRow, task: PackageTask | null = null, language = 'en'): string {
  return renderToStaticMarkup(
    <LanguageProvider preferred={[language]} store={{ read: () => null, write: nothing }}>
      <PackageCard row={shown} state={rowState(shown, task)} task={task} commands={commands} />
    </LanguageProvider>,
  ).replace(/[\u00a0\u202f]/g, ' ');
}
const buttons = (markup: string) =>
  [...markup.matchAll(/<button[^>]*aria-label="([^"]*)"/g)].map(([, name]) => name ?? '');

test('names the model, its engine, licence, size and state, and offers the download', () => {
  const markup = card(row());
  for (const text of ['SmolLM2 135M', '98.4 MB', 'llama.cpp', 'License Apache-2.0', 'Not downloaded']) {
    expect(markup).toContain(text);
  }
  expect(buttons(markup)).toEqual(['Download SmolLM2 135M']);
});

test('what is too large says so before anything is downloaded', () => {
  const reason = { rule: 'fit', verdict: 'too-large', needBytes: 2, haveBytes: 1 } as const;
  const markup = card(row({ fit: { verdict: 'blocked', reason } }));
  expect(markup).toContain('Too large for this device.');
  expect(buttons(markup)).toEqual([]);
});

test('a download shows bytes, speed and time left, and can be paused and cancelled', () => {
  const markup = card(row({ stored: stored('downloading', { bytes: 41_800_000, progress }) }));
  for (const text of ['Downloading', '41.8 MB of 98.4 MB', '12.3 MB/s', '5 sec left', '42%']) {
    expect(markup).toContain(text);
  }
  expect(buttons(markup)).toEqual(['Pause SmolLM2 135M', 'Cancel SmolLM2 135M', 'Keep always SmolLM2 135M']);
});

test('a paused download stands still, and can go on', () => {
  const markup = card(row({ stored: stored('paused', { bytes: 41_800_000, progress }) }));
  expect(markup).toContain('41.8 MB of 98.4 MB');
  expect(markup).not.toContain('MB/s');
  expect(buttons(markup)).toContain('Resume SmolLM2 135M');
});

test('one that waits says what for', () => {
  const markup = card(row({ stored: stored('waiting', { bytes: 0 }) }));
  expect(markup).toContain('Another download goes first, here or in another tab;');
  expect(markup).toMatch(/<progress(?![^>]*value)/);
});

test('what is here can be checked, exported, deleted and pinned', () => {
  const markup = card(row({ stored: stored('complete', { isPinned: true }) }));
  expect(buttons(markup)).toEqual([
    'Check SmolLM2 135M',
    'Export SmolLM2 135M',
    'Delete SmolLM2 135M',
    'Keep always SmolLM2 135M',
  ]);
  expect(markup).toContain('aria-pressed="true"');
  expect(markup).not.toContain('<progress');
});

test('a check shows how far it is, then what it found', () => {
  const here = row({ stored: stored('complete') });
  const checking = card(here, { ...idle, doing: 'verify', progress: { ...progress, phase: 'verify' } });
  expect(checking).toContain('41.8 MB of 98.4 MB checked');
  expect(buttons(checking)).toContain('Stop checking SmolLM2 135M');
  expect(card(here, { ...idle, damagedChunks: 0 })).toContain('every byte is as it was published');
  const damaged = card(row({ stored: stored('incomplete') }), { ...idle, damagedChunks: 3 });
  expect(damaged).toContain('3 parts were damaged and removed.');
  expect(buttons(damaged)).toEqual(['Repair SmolLM2 135M', 'Delete SmolLM2 135M', 'Keep always SmolLM2 135M']);
});

test('a download that failed by itself, in whichever tab, is a card too, until something is done about it', () => {
  const error = encodeError(new OrillaError('storage.download-failed', 'The connection dropped.'));
  const failed = row({ stored: stored('incomplete', { bytes: 5, error }) });
  expect(card(failed)).toContain('The download stopped.');
  expect(card(failed)).toContain('Try again');
  expect(card(failed, { ...idle, doing: 'download' })).not.toContain('role="alert"');
  const full = toShownError(new OrillaError('storage.quota-exceeded', 'No room.'), 'device');
  expect(card(failed, { ...idle, error: full })).not.toContain('The download stopped.');
});

test('a failure is a card; a download that may go on offers that', () => {
  const error = toShownError(new OrillaError('storage.download-failed', 'The connection dropped.'), 'device');
  const markup = card(row({ stored: stored('incomplete', { bytes: 5 }) }), { ...idle, error });
  expect(markup).toContain('role="alert"');
  expect(markup).toContain('The download stopped.');
  expect(markup).toContain('Try again');
  const full = toShownError(new OrillaError('storage.quota-exceeded', 'No room.'), 'device');
  expect(card(row(), { ...idle, error: full })).not.toContain('Try again');
});

test('a model of the server has nothing to be done about it here', () => {
  const markup = card(row({ title: 'Served', pkg: null, stored: null }));
  expect(markup).toContain('On your organization&#x27;s server only');
  expect(buttons(markup)).toEqual([]);
});

test('what no entry names is shown by what is known of it', () => {
  const markup = card(row({ title: 'forgotten-q4', pkg: null, fit: null, stored: stored('complete') }));
  expect(markup).toContain('98.4 MB');
  expect(buttons(markup)).toContain('Delete forgotten-q4');
});

test('names the other models that a download serves', () => {
  expect(card(row({ sharedWith: ['A', 'B', 'C'] }))).toContain('The same download serves A, B, and C.');
});

test('the region and the bar are named with the model, in either language', () => {
  const markup = card(row({ stored: stored('downloading', { progress }) }), null, 'es');
  const [, id] = /<h3 id="([^"]+)"/.exec(markup) ?? [];
  expect(markup.split(`aria-labelledby="${id}"`)).toHaveLength(3);
  expect(buttons(markup)).toEqual(['Pausar SmolLM2 135M', 'Cancelar SmolLM2 135M', 'Conservar siempre SmolLM2 135M']);
});

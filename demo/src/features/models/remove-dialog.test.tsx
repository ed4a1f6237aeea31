import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { ModelRow } from './model-rows.ts';
import { RemoveDialog } from './remove-dialog.tsx';
import type { RowState } from './row-state.ts';

const row: ModelRow = {
  key: 'package smol',
  title: 'SmolLM2 135M',
  sharedWith: [],
  pkg: null,
  fit: null,
  stored: {
    id: 'smol',
    bytes: 41_800_000,
    totalBytes: 98_362_432,
    state: 'complete',
    isComplete: true,
    isPinned: false,
    lastUsedMs: 0,
    progress: null,
  },
};
const nothing = () => undefined;
const dialog = (state: RowState, shown = row) =>
  renderToStaticMarkup(<RemoveDialog row={shown} state={state} onConfirm={nothing} onClose={nothing} />).replace(
    /[\u00a0\u202f]/g,
    ' ',
  );

test('says what is deleted, how much that frees, and what it costs to have it again', () => {
  const markup = dialog('complete');
  for (const text of ['Delete SmolLM2 135M?', 'frees up to 41.8 MB', 'downloaded again'])
    expect(markup).toContain(text);
});

test('says who else loses it', () => {
  expect(dialog('complete', { ...row, sharedWith: ['Writing helper'] })).toContain(
    'It is also the download of Writing helper.',
  );
});

test.each(['downloading', 'waiting'] as const)(
  'cancelling a download that is %s says that pausing would keep it',
  (state) => {
    const markup = dialog(state);
    for (const text of ['Cancel the download of SmolLM2 135M?', '41.8 MB', 'Pausing keeps them.']) {
      expect(markup).toContain(text);
    }
  },
);

test('what keeps it comes first, and so gets the focus', () => {
  const markup = dialog('complete');
  expect(markup.indexOf('Keep it')).toBeLessThan(markup.indexOf('>Delete<'));
});

test('it is named and described by what it says', () => {
  const markup = dialog('complete');
  const [, title] = /<h2 id="([^"]+)"/.exec(markup) ?? [];
  const [, text] = /<div id="([^"]+)"/.exec(markup) ?? [];
  expect(markup).toContain(`aria-labelledby="${title}"`);
  expect(markup).toContain(`aria-describedby="${text}"`);
});

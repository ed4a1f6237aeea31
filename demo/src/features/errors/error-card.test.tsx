import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { ErrorCard } from './error-card.tsx';
import type { ShownError } from './error-kind.ts';

const error: ShownError = {
  kind: 'downloadStopped',
  code: 'storage.download-failed',
  message: 'The connection dropped at byte 7.',
  isRetryable: true,
};
const markupOf = (shown: ShownError, onRetry?: () => void) =>
  renderToStaticMarkup(<ErrorCard error={shown} onRetry={onRetry} />);

test('says what happened, why, and what to do, and is announced', () => {
  const markup = markupOf(error);
  expect(markup).toMatch(/role="alert"/);
  expect(markup).toContain('The download stopped.');
  expect(markup).toContain('The connection was lost, or the server stopped sending.');
  expect(markup).toContain('Try again: it goes on from where it stopped.');
});

test('has the code and the library’s sentence for a report, folded away and marked as English', () => {
  const markup = markupOf(error);
  expect(markup).toMatch(/<details(?![^>]*open).*<p lang="en"><code>storage.download-failed<\/code> The connection/);
});

test('offers to try again only where somebody can', () => {
  expect(markupOf(error)).not.toContain('<button');
  expect(markupOf(error, () => undefined)).toContain('Try again</button>');
});

test('what is not ours shows its name and no message', () => {
  const markup = markupOf({ kind: 'unexpected', code: 'TypeError', message: null, isRetryable: true });
  expect(markup).toContain('<code>TypeError</code></p>');
});

test('other ways out stand beside', () => {
  const markup = renderToStaticMarkup(
    <ErrorCard error={error}>
      <button type="button">Elsewhere</button>
    </ErrorCard>,
  );
  expect(markup).toContain('Elsewhere');
});

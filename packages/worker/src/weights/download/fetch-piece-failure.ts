import { OrillaError } from '@orilla/contract';
import { Unanswered } from '../network/read-response.ts';
import { Refusal } from '../network/refusal.ts';
import { Interruption } from '../network/with-retry.ts';
import type { Piece } from '../pieces/pieces.ts';
import type { LoadSources, SourceFailure } from '../source/load-sources.ts';
import { Poison } from './poison.ts';

export interface FailedFetch {
  readonly url: string;
  readonly piece: Piece;
  readonly sources: LoadSources;
  /** Whether this source's damaged bytes were damaged before: damage on the way is not there the second time. */
  readonly isRepeated: boolean;
  /** Whether it says nothing of the source yet, as `SourceWay` tells. */
  readonly isUnjudged: boolean;
}

/**
 * Notes what a source failed with, and says whether it should be asked once more now.
 * @throws the error itself where it says nothing of the source: AbortError, RangeIgnored, a fault of ours
 */
export function noteFailure(
  error: unknown,
  { url, piece, sources, isRepeated, isUnjudged }: FailedFetch,
): 'again' | 'next' {
  const { file, index } = piece;
  if (error instanceof Poison) sources.reportPoison({ origin: new URL(url).origin, path: file.path, chunk: index });
  if (isUnjudged) return 'again';
  if (error instanceof Interruption) {
    sources.rest(url, `${error.message}, again and again`, error);
    return 'next';
  }
  if (error instanceof Refusal) {
    sources.setAside(url, error.message);
    return 'next';
  }
  if (!(error instanceof Poison)) throw error;
  const isOnly = sources.urlsOf(file.path).every((other) => other === url);
  if (isOnly && !isRepeated) return 'again';
  sources.setAside(url, error.message, { isPoison: true });
  return 'next';
}

/** What to throw when no source is left to ask. */
export function allFailed({ file }: Piece, sources: LoadSources): OrillaError {
  const failures = sources.failuresOf(file.path);
  if (failures.length === 0)
    return new OrillaError('storage.download-failed', `No source of the model package has the file ${file.path}.`, {
      advice: 'Check the sources in the catalog.',
    });
  const cause = silenceOf(failures, sources.urlsOf(file.path));
  const reasons = failures.map(({ reason, url }) => `${reason} (${new URL(url).pathname})`).join('; ');
  if (failures.some(({ isPoison }) => isPoison))
    return new OrillaError('storage.corrupt-chunk', `The model can't be used: ${reasons}. Nothing of it was stored.`, {
      advice: 'Tell whoever runs that server: a file on it is damaged, or was replaced.',
      cause,
    });
  return new OrillaError('storage.download-failed', `The model can't be downloaded: ${reasons}.`, {
    advice: 'Try again later: what was downloaded is kept. If it stays so, tell whoever runs that server.',
    cause,
  });
}

/** That nothing answers, where it is so with all sources that may still be asked. */
function silenceOf(failures: readonly SourceFailure[], urls: readonly string[]): unknown {
  const causes = failures.filter(({ url }) => urls.includes(url)).map(({ cause }) => cause);
  return causes.every((cause) => cause instanceof Unanswered) ? causes[0] : undefined;
}

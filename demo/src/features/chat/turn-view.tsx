import type { LoadedModel } from '@orilla/contract';
import { Building2 } from 'lucide-react';
import { memo } from 'react';
import { useWords } from '../../i18n/language-provider.tsx';
import button from '../../styles/button.module.css';
import { ErrorCard } from '../errors/error-card.tsx';
import type { ErrorKind } from '../errors/error-kind.ts';
import type { Turn } from './conversation.ts';
import { Markdown } from './markdown.tsx';
import { type AnswerPlace, answerPlace } from './place.ts';
import { PlaceBadge } from './place-badge.tsx';
import { ReceiptDetails } from './receipt-details.tsx';
import styles from './turn-view.module.css';
import { Working } from './working.tsx';

/** Failures that a wider label would have avoided. Only the reader may widen it. */
const leavesAWayOut: ReadonlySet<ErrorKind> = new Set(['deviceOnly', 'deviceTooLarge', 'deviceTooLong']);

interface TurnViewProps {
  readonly turn: Turn;
  readonly loaded: LoadedModel | null;
  /** The model is still on its way into this browser. */
  readonly isLoading: boolean;
  /** `null` where the question can't be asked again: it is not the last, or another one runs. */
  readonly onRetry: ((turn: Turn, label?: 'organization') => void) | null;
}

/** A question and its answer, each a region with a name. */
export const TurnView = memo(function TurnView({ turn, loaded, isLoading, onRetry }: TurnViewProps) {
  const words = useWords();
  const { answer } = turn;
  const receipt = 'receipt' in answer ? answer.receipt : null;
  const route = 'route' in answer ? answer.route : null;
  const place: AnswerPlace | null = route && answerPlace(route, receipt, loaded);
  const text = 'text' in answer ? answer.text : '';
  const retry = onRetry ?? undefined;
  return (
    <>
      <article className={styles.question} aria-label={words.chat.you}>
        <p>{turn.question}</p>
      </article>
      <article className={styles.answer} aria-label={words.chat.answer} aria-busy={answer.status === 'streaming'}>
        {answer.status === 'waiting' && <Working label={isLoading ? words.chat.waiting : words.chat.reading} />}
        {text !== '' && (
          <div data-testid="answer-text" className={`${styles.text} ${place ? styles[place.place] : ''}`}>
            <Markdown text={text} />
          </div>
        )}
        {place && !receipt && <PlaceBadge place={place} />}
        {place && receipt && <ReceiptDetails receipt={receipt} place={place} />}
        {answer.status === 'stopped' && <p className={styles.aside}>{words.chat.stopped}</p>}
        {receipt?.finishReason === 'length' && <p className={styles.aside}>{words.chat.cutShort}</p>}
        {answer.status === 'failed' && (
          <ErrorCard error={answer.error} onRetry={answer.error.isRetryable && retry ? () => retry(turn) : undefined}>
            {leavesAWayOut.has(answer.error.kind) && retry && (
              <button
                type="button"
                className={`${button.button} ${button.secondary}`}
                onClick={() => retry(turn, 'organization')}
              >
                <Building2 size={16} aria-hidden="true" />
                {words.chat.askWithinOrganization}
              </button>
            )}
          </ErrorCard>
        )}
      </article>
    </>
  );
});

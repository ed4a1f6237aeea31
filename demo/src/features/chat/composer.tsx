import { ArrowUp, Square } from 'lucide-react';
import { type KeyboardEvent, type RefObject, useId } from 'react';
import { useWords } from '../../i18n/language-provider.tsx';
import button from '../../styles/button.module.css';
import styles from './composer.module.css';
import { PrivacyChoice } from './privacy-choice.tsx';

interface ComposerProps {
  readonly draft: string;
  readonly label: string;
  readonly isRunning: boolean;
  readonly textBox: RefObject<HTMLTextAreaElement | null>;
  onDraft(draft: string): void;
  onSend(): void;
  onStop(): void;
  onLabel(label: 'device' | 'organization'): void;
}

/** The one text box of the page. Enter sends, except while an input method is composing a word. */
export function Composer({ draft, label, isRunning, textBox, onDraft, onSend, onStop, onLabel }: ComposerProps) {
  const { composer: words } = useWords();
  const id = useId();
  const hintId = useId();
  const canSend = !isRunning && draft.trim() !== '';

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>) {
    if (event.key !== 'Enter' || event.shiftKey || isComposing(event)) return;
    event.preventDefault();
    if (canSend) onSend();
  }

  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        if (isRunning) onStop();
        else if (canSend) onSend();
      }}
    >
      <div className={styles.head}>
        <label className={styles.label} htmlFor={id}>
          {words.label}
        </label>
        <span className={styles.hint} id={hintId}>
          {words.hint}
        </span>
      </div>
      <textarea
        ref={textBox}
        id={id}
        className={styles.text}
        rows={1}
        value={draft}
        placeholder={words.placeholder}
        aria-describedby={hintId}
        enterKeyHint="send"
        onChange={(event) => onDraft(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div className={styles.foot}>
        <PrivacyChoice label={label} onChange={onLabel} />
        <button
          type="submit"
          className={`${button.button} ${isRunning ? button.secondary : button.primary} ${styles.send}`}
          disabled={!isRunning && !canSend}
        >
          {isRunning ? (
            <Square size={15} fill="currentColor" aria-hidden="true" />
          ) : (
            <ArrowUp size={18} aria-hidden="true" />
          )}
          {isRunning ? words.stop : words.send}
        </button>
      </div>
    </form>
  );
}

/** Safari ends a composition before it reports the Enter that ended it; the key code 229 still tells. */
function isComposing(event: KeyboardEvent): boolean {
  return event.nativeEvent.isComposing || event.keyCode === 229;
}

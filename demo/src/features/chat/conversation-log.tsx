import { type ReactNode, useEffect, useLayoutEffect, useRef } from 'react';
import { useWords } from '../../i18n/language-provider.tsx';
import styles from './conversation-log.module.css';

interface ConversationLogProps {
  /** Changes with every word of the answer: the log then follows, unless the reader has scrolled away. */
  readonly revision: string;
  readonly turnCount: number;
  readonly children: ReactNode;
}

/** How near the end, in CSS pixels, still counts as following. */
const followDistance = 96;

/**
 * The log of the conversation. It is not live by itself, or every token would be read aloud: the finished answer is announced
 * elsewhere, once and whole.
 */
export function ConversationLog({ revision, turnCount, children }: ConversationLogProps) {
  const { chat: words } = useWords();
  const log = useRef<HTMLElement>(null);
  const isFollowing = useRef(true);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new question is followed again, whatever the reader was looking at
  useEffect(() => {
    isFollowing.current = true;
  }, [turnCount]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision says that there is more to follow
  useLayoutEffect(() => {
    const element = log.current;
    if (element && isFollowing.current) element.scrollTop = element.scrollHeight;
  }, [revision, turnCount]);

  return (
    <section
      ref={log}
      className={styles.log}
      role="log"
      aria-label={words.log}
      aria-live="off"
      tabIndex={turnCount > 0 ? 0 : -1}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        isFollowing.current = scrollHeight - scrollTop - clientHeight < followDistance;
      }}
    >
      <div className={styles.column}>{children}</div>
    </section>
  );
}

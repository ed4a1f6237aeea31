import { HardDriveDownload, MessageSquareText } from 'lucide-react';
import { useWords } from './i18n/language-provider.tsx';
import button from './styles/button.module.css';
import { type View, viewHref } from './use-view.ts';
import styles from './view-links.module.css';

/** The two views of the page, as links of the browser's own history. */
export function ViewLinks({ view }: { readonly view: View }) {
  const { page: words } = useWords();
  const views = [
    { name: 'chat', word: words.chat, Icon: MessageSquareText },
    { name: 'models', word: words.models, Icon: HardDriveDownload },
  ] as const;
  return (
    <nav className={styles.views} aria-label={words.views}>
      {views.map(({ name, word, Icon }) => (
        <a
          key={name}
          href={viewHref[name]}
          className={`${button.button} ${button.quiet} ${styles.view} ${styles[name] ?? ''}`}
          aria-current={name === view ? 'page' : undefined}
        >
          <Icon size={17} aria-hidden="true" />
          <span className={styles.word}>{word}</span>
        </a>
      ))}
    </nav>
  );
}

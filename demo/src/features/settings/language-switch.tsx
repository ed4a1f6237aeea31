import { Languages } from 'lucide-react';
import { useLanguage } from '../../i18n/language-provider.tsx';
import { dictionaries, languages } from '../../i18n/languages.ts';
import button from '../../styles/button.module.css';
import styles from './language-switch.module.css';

/** Offers each other language by its own name, in itself: who needs it can read it. */
export function LanguageSwitch() {
  const { language, dictionary, setLanguage } = useLanguage();
  return (
    <fieldset className={styles.languages}>
      <legend className="visually-hidden">{dictionary.page.language}</legend>
      {languages
        .filter((other) => other !== language)
        .map((other) => (
          <button
            key={other}
            type="button"
            lang={other}
            className={`${button.button} ${button.quiet} ${styles.switch}`}
            onClick={() => setLanguage(other)}
          >
            <Languages size={16} aria-hidden="true" />
            {dictionaries[other].languageName}
          </button>
        ))}
    </fieldset>
  );
}

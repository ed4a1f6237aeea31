import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import type { Dictionary } from './dictionary.ts';
import { dictionaries, type Language, pickLanguage } from './languages.ts';

interface LanguageChoice {
  readonly language: Language;
  readonly dictionary: Dictionary;
  setLanguage(language: Language): void;
}

const LanguageContext = createContext<LanguageChoice>({
  language: 'en',
  dictionary: dictionaries.en,
  setLanguage: () => undefined,
});

interface LanguageProviderProps {
  /** The reader's languages, best first. */
  readonly preferred: readonly string[];
  /** Keeps the choice; `null` forgets nothing and remembers nothing. */
  readonly store: { read(): string | null; write(value: string): void };
  readonly children: ReactNode;
}

/** Gives every view its words, and the document its language. */
export function LanguageProvider({ preferred, store, children }: LanguageProviderProps) {
  const [language, choose] = useState<Language>(() => pickLanguage(store.read(), preferred));
  const dictionary = dictionaries[language];
  const setLanguage = useCallback(
    (next: Language) => {
      store.write(next);
      choose(next);
    },
    [store],
  );
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const value = useMemo(() => ({ language, dictionary, setLanguage }), [language, dictionary, setLanguage]);
  return <LanguageContext value={value}>{children}</LanguageContext>;
}

/** Names the document after what it shows. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title;
  }, [title]);
}

export const useLanguage = (): LanguageChoice => useContext(LanguageContext);
export const useWords = (): Dictionary => useContext(LanguageContext).dictionary;

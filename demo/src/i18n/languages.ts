import type { Dictionary } from './dictionary.ts';
import { en } from './en.ts';
import { es } from './es.ts';

export const dictionaries = { en, es } satisfies Record<string, Dictionary>;

export type Language = keyof typeof dictionaries;

export const languages: readonly Language[] = ['en', 'es'];

export const isLanguage = (value: unknown): value is Language => languages.some((language) => language === value);

/** The language that was chosen before, else the first of the reader's languages that the page speaks, else English. */
export function pickLanguage(stored: string | null, preferred: readonly string[]): Language {
  if (isLanguage(stored)) return stored;
  for (const tag of preferred) {
    const primary = tag.toLowerCase().split('-')[0];
    if (isLanguage(primary)) return primary;
  }
  return 'en';
}

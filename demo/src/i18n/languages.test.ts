import { expect, test } from 'vitest';
import { dictionaries, isLanguage, type languages, pickLanguage } from './languages.ts';

test("takes the first of the reader's languages that the page speaks", () => {
  expect(pickLanguage(null, ['es-MX', 'en'])).toBe('es');
  expect(pickLanguage(null, ['de-DE', 'fr', 'ES', 'en'])).toBe('es');
  expect(pickLanguage(null, ['en-GB', 'es'])).toBe('en');
});

test('falls back to English when it speaks none of them', () => {
  expect(pickLanguage(null, ['de', 'ja'])).toBe('en');
  expect(pickLanguage(null, [])).toBe('en');
});

test('a choice made before wins over the browser', () => {
  expect(pickLanguage('en', ['es'])).toBe('en');
  expect(pickLanguage('es', ['en'])).toBe('es');
});

test('ignores a stored value that is no language of the page', () => {
  expect(pickLanguage('xx', ['es'])).toBe('es');
  expect(pickLanguage('toString', ['es'])).toBe('es');
  expect(isLanguage('__proto__')).toBe(false);
});

test('a primary tag is compared whole, so that "est" is not Spanish', () => {
  expect(pickLanguage(null, ['est'])).toBe('en');
});

/** Every text of a dictionary by its path; a function is called with plain numbers and words. */
function texts(value: unknown, path: string): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') return [[path, String(value(1, false, 2, 3))]];
  if (Array.isArray(value)) return value.flatMap((item, index) => texts(item, `${path}[${index}]`));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, item]) => (key === 'formats' ? [] : texts(item, `${path}.${key}`)));
  return [];
}

/** The one text that quotes a word of the dictionary instead of a number. */
function textsOf(language: (typeof languages)[number]) {
  const dictionary = dictionaries[language];
  const rest = {
    ...dictionary,
    reason: { ...dictionary.reason, relayAllowed: dictionary.reason.relayAllowed('label') },
  };
  return new Map(texts(rest, '').map(([path, text]) => [path.slice(1), text]));
}

test('both languages have the same texts, and none is empty', () => {
  const [en, es] = [textsOf('en'), textsOf('es')];
  expect([...es.keys()]).toEqual([...en.keys()]);
  for (const text of [...en.values(), ...es.values()]) expect(text.trim()).not.toBe('');
});

test('nothing was left in English in the Spanish dictionary, beyond terms that both share', () => {
  const shared = new Set([
    'receipt.tokens',
    'receipt.backendNames.webgpu',
    'receipt.backendNames.wasm',
    'model.speed',
    'models.changed',
    // What to try is in the language that the small model knows, whoever reads it.
    'welcome.suggestionsLanguage',
    'welcome.suggestions[0]',
    'welcome.suggestions[1]',
    'welcome.suggestions[2]',
  ]);
  const [en, es] = [textsOf('en'), textsOf('es')];
  const same = [...en].filter(([path, text]) => es.get(path) === text && !shared.has(path)).map(([path]) => path);
  expect(same).toEqual([]);
});

test('the badges read as the product names them', () => {
  const { en, es } = dictionaries;
  expect(en.place.deviceGpu).toBe('On this device · GPU');
  expect(en.place.deviceCpu).toBe('On this device · CPU');
  expect(en.place.server).toBe("On your organization's server");
  expect(en.reason.tooLarge).toBe('Too large for this device');
  expect(es.place.deviceGpu).toBe('En este dispositivo · GPU');
  expect(es.place.server).toBe('En el servidor de tu organización');
  expect(es.reason.tooLarge).toBe('Demasiado grande para este dispositivo');
});

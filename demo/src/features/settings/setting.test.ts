import { expect, test } from 'vitest';
import { createSetting } from './setting.ts';

function memoryStorage() {
  const items = new Map<string, string>();
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => {
      items.set(key, value);
    },
  };
}

test('keeps a choice under its own key', () => {
  const storage = memoryStorage();
  const language = createSetting('orilla.language', () => storage);
  const model = createSetting('orilla.model', () => storage);
  language.write('es');
  expect(language.read()).toBe('es');
  expect(model.read()).toBeNull();
});

test('a browser that refuses storage neither remembers nor breaks', () => {
  const refused = createSetting('orilla.language', () => {
    throw new DOMException('denied', 'SecurityError');
  });
  expect(() => refused.write('es')).not.toThrow();
  expect(refused.read()).toBeNull();
});

test('a full storage does not break the page', () => {
  const full = createSetting('k', () => ({
    getItem: () => null,
    setItem: () => {
      throw new DOMException('full', 'QuotaExceededError');
    },
  }));
  expect(() => full.write('x')).not.toThrow();
});

import { expect, test } from 'vitest';
import { defaultCatalog } from './catalog.ts';
import { readPageCatalog } from './page-catalog.ts';

const page = (text: string | null, id = 'orilla-catalog') => ({
  getElementById: (asked: string) => (asked === id ? { textContent: text } : null),
});

test('takes the catalog that the organization put into the page', () => {
  expect(readPageCatalog(page(JSON.stringify(defaultCatalog)))).toEqual(defaultCatalog);
});

test('a page without one, or with an empty one, leaves it to the default', () => {
  expect(readPageCatalog(page('{}', 'something-else'))).toBeNull();
  expect(readPageCatalog(page(''))).toBeNull();
  expect(readPageCatalog(page(null))).toBeNull();
});

test('a broken catalog is an error at once, not an app without models', () => {
  expect(() => readPageCatalog(page('{"models":'))).toThrow(SyntaxError);
});

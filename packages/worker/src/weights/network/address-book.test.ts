import { expect, test } from 'vitest';
import { AddressBook } from './address-book.ts';

test('what was learned of an address is there the next time', () => {
  const book = new AddressBook();
  book.of('https://one.test/a').etag = '"1"';
  expect(book.of('https://one.test/a').etag).toBe('"1"');
  expect(book.of('https://one.test/b')).toEqual({
    redirectedTo: null,
    etag: null,
    isCrossOrigin: false,
    ignoresRange: false,
    isFast: false,
  });
});

test('the address that was used least recently is forgotten when there are too many', () => {
  const book = new AddressBook();
  for (let index = 0; index < 256; index += 1) book.of(`https://one.test/${index}`).etag = '"1"';
  book.of('https://one.test/0');
  book.of('https://one.test/new');
  expect(book.of('https://one.test/0').etag).toBe('"1"');
  expect(book.of('https://one.test/1').etag).toBeNull();
});

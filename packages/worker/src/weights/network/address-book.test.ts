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

test('with a redirect goes what was learned where it led, and not what is known of the file', () => {
  const addresses = new AddressBook();
  const learned = { etag: '"v1"', ignoresRange: true, isFast: true };
  Object.assign(addresses.of('one'), { ...learned, redirectedTo: 'elsewhere' });
  Object.assign(addresses.of('two'), learned);
  for (const url of ['one', 'two', 'three']) addresses.forgetRedirect(url);
  expect(addresses.of('one')).toMatchObject({ etag: '"v1"', redirectedTo: null, ignoresRange: false, isFast: false });
  expect(addresses.of('two')).toMatchObject(learned);
});

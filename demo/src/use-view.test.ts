import { expect, test } from 'vitest';
import { viewHref, viewOf } from './use-view.ts';

test('an address asks for a view, and every link leads to its own', () => {
  for (const [view, href] of Object.entries(viewHref)) expect(viewOf(href)).toBe(view);
});

test('any other address is the conversation', () => {
  for (const hash of ['', '#', '#Models', '#models/x', '#constructor']) expect(viewOf(hash)).toBe('chat');
});

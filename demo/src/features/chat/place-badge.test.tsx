import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { AnswerPlace } from './place.ts';
import { PlaceBadge } from './place-badge.tsx';

/** What a reader sees, without the markup. */
const seen = (place: AnswerPlace) => renderToStaticMarkup(<PlaceBadge place={place} />).replace(/<[^>]*>/g, '|');
const words = (place: AnswerPlace) => seen(place).split('|').filter(Boolean);

test('on the CPU the badge says so, with its threads beside it', () => {
  expect(words({ place: 'device', computedOn: 'cpu', threads: 2, reasons: [] })).toEqual([
    'On this device · CPU',
    '2 threads',
  ]);
  expect(words({ place: 'device', computedOn: 'cpu', threads: 1, reasons: [] })).toContain('1 thread');
});

test('on the GPU there are no threads to tell', () => {
  expect(words({ place: 'device', computedOn: 'gpu', threads: null, reasons: [] })).toEqual(['On this device · GPU']);
});

test('an answer of the server says why it was not computed here', () => {
  const place: AnswerPlace = {
    place: 'relay',
    reasons: [{ rule: 'fit', verdict: 'too-large', needBytes: 2, haveBytes: 1 }],
  };
  expect(words(place)).toEqual(['On your organization&#x27;s server', 'Too large for this device']);
});

test('an answer of this device gives no reason, though it has some', () => {
  const reasons = [{ rule: 'capability', verdict: 'can-run' }] as const;
  expect(words({ place: 'device', computedOn: 'gpu', threads: null, reasons })).toHaveLength(1);
});

test('the icon is for the eye only', () => {
  const markup = renderToStaticMarkup(<PlaceBadge place={{ place: 'relay', reasons: [] }} />);
  expect(markup).toMatch(/<svg[^>]*aria-hidden="true"/);
});

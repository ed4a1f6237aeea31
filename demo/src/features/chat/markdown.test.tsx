import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { Markdown } from './markdown.tsx';

const html = (text: string) => renderToStaticMarkup(<Markdown text={text} />);

test('writes emphasis, lists and code as such', () => {
  expect(html('It is **Paris**.')).toBe('<p>It is <strong>Paris</strong>.</p>');
  expect(html('- one\n- two')).toContain('<li>one</li>');
  expect(html('`x`')).toContain('<code>x</code>');
});

test('an image never loads: only its description is shown', () => {
  const written = html('![a cat](https://elsewhere.example/cat.png)');
  expect(written).toBe('<p><span>a cat</span></p>');
});

test('raw HTML stays text', () => {
  const written = html('<img src="https://elsewhere.example/x.png" onerror="alert(1)"> <script>alert(1)</script>');
  expect(written).not.toContain('<img');
  expect(written).not.toContain('<script');
});

test('a link opens elsewhere and tells nobody where it came from', () => {
  expect(html('[docs](https://example.org/a)')).toBe(
    '<p><a href="https://example.org/a" target="_blank" rel="noopener noreferrer">docs</a></p>',
  );
});

test('a link that would run a script goes nowhere', () => {
  expect(html('[x](javascript:alert(1))')).not.toContain('javascript:');
});

test('headings of an answer stand below the headings of the page', () => {
  expect(html('# Big')).toBe('<h3>Big</h3>');
  expect(html('###### Small')).toBe('<h4>Small</h4>');
});

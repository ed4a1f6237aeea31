import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { ViewLinks } from './view-links.tsx';

test('links to both views, and says which one this is', () => {
  const markup = renderToStaticMarkup(<ViewLinks view="models" />);
  expect(markup).toContain('<nav');
  expect(markup).toContain('aria-label="Views"');
  const [chat, models] = [...markup.matchAll(/<a .*?<\/a>/g)].map(([link]) => link);
  expect(chat).toMatch(/href="#chat".*Chat/);
  expect(chat).not.toContain('aria-current');
  expect(models).toMatch(/href="#models"/);
  expect(models).toMatch(/aria-current="page"/);
});

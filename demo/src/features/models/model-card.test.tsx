import type { CatalogModel, DevicePackage } from '@orilla/contract';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { defaultCatalog } from '../../catalog.ts';
import { ModelCard } from './model-card.tsx';
import type { ModelFit } from './model-fit.ts';

const model = defaultCatalog.models['smollm2-135m'] as CatalogModel; // the catalog's own test says that it is there
const fits: ModelFit = { verdict: 'fits', pkg: model.device[0] as DevicePackage }; // as above
const card = (fit: ModelFit | null, isStored = false, shown = model) =>
  renderToStaticMarkup(<ModelCard model={shown} fit={fit} isStored={isStored} onDownload={() => undefined} />).replace(
    /[\u00a0\u202f]/g,
    ' ',
  );

test('names the model, its size and its licence, and offers the download', () => {
  const markup = card(fits);
  for (const text of ['SmolLM2 135M', '98.4 MB', 'License Apache-2.0', 'Downloaded once']) {
    expect(markup).toContain(text);
  }
  expect(markup).toMatch(/<button.*Download 98.4 MB<\/button>/);
});

test('a model that is here needs no download', () => {
  const markup = card(fits, true);
  expect(markup).toContain('Ready on this device, also without a connection.');
  expect(markup).not.toContain('<button');
});

test('nothing is offered before it is known whether the device can run it', () => {
  expect(card(null)).not.toContain('<button');
});

test('a model that is too large says so, and that is all', () => {
  const markup = card({
    verdict: 'blocked',
    reason: { rule: 'fit', verdict: 'too-large', needBytes: 2, haveBytes: 1 },
  });
  expect(markup).toContain('Too large for this device.');
  expect(markup).not.toContain('<button');
});

test('a browser without a device way says where questions go', () => {
  const markup = card({
    verdict: 'blocked',
    reason: { rule: 'capability', verdict: 'device-unavailable', missing: 'Web Workers' },
  });
  expect(markup).toContain('This browser can&#x27;t run models. Questions go to your organization&#x27;s server.');
});

test('a model of the server has no size to tell', () => {
  const onServer: CatalogModel = { title: 'Served', device: [], relay: { model: 'served' } };
  const markup = card(
    { verdict: 'blocked', reason: { rule: 'capability', verdict: 'no-device-package' } },
    false,
    onServer,
  );
  expect(markup).toContain('This model runs on the server only.');
  expect(markup).not.toContain('MB');
});

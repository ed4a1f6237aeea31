import type { Catalog } from '@orilla/contract';
import { defaultCatalog } from '../../../demo/src/catalog.ts';
import { es } from '../../../demo/src/i18n/es.ts';
import { capital, DemoPage } from './demo-page.ts';
import { expect, test } from './demo-test.ts';
import { withCatalog } from './with-catalog.ts';

test.describe.configure({ timeout: 600_000 });

const starter = defaultCatalog.models['smollm2-135m'];
if (!starter) throw new Error('The default catalog has the starter.');
const withHuge: Catalog = {
  models: {
    starter,
    huge: {
      title: 'Enorme',
      device: starter.device.map((pkg) => ({ ...pkg, memory: { ...pkg.memory, weights: 64_000_000_000 } })),
      relay: { model: 'smollm2-135m' },
    },
  },
};

test('a Spanish reader gets a Spanish page, badges and reasons included', async ({ browser, server }) => {
  const context = await browser.newContext({ locale: 'es-ES' });
  const page = await context.newPage();
  const demo = new DemoPage(page, es);
  await withCatalog(page, withHuge);
  await demo.open(server.url);
  await expect(page.locator('html')).toHaveAttribute('lang', 'es');
  await expect(page).toHaveTitle('Orilla: IA privada, en tu orilla');
  await expect(page.getByRole('button', { name: /^Descargar 98,4/ })).toBeVisible();

  await demo.ask(capital);
  const here = await demo.startedAnswer();
  await expect(here.getByText(/^En este dispositivo · (CPU|GPU)$/)).toBeVisible();
  await demo.finishedAnswer();

  await page.getByRole('button', { name: 'Modelo: SmolLM2 135M' }).click();
  await page.getByRole('group', { name: 'Elige un modelo' }).getByText('Enorme').click();
  await demo.ask(capital);
  const there = await demo.startedAnswer();
  await expect(there.getByText('En el servidor de tu organización', { exact: true })).toBeVisible();
  await expect(there.getByText('Demasiado grande para este dispositivo', { exact: true })).toBeVisible();
  await context.close();
});

test('the language can be changed in mid-question and is remembered', async ({ demo, server, page }) => {
  await demo.open(server.url);
  await demo.question.fill('half a question');
  await page.getByRole('button', { name: 'Español' }).click();
  const spanish = new DemoPage(page, es);
  await expect(spanish.question).toHaveValue('half a question');
  await page.reload();
  await expect(spanish.question).toBeVisible();
  await page.getByRole('button', { name: 'English' }).click();
  await expect(demo.question).toBeVisible();
});

test('a reader of another language gets English', async ({ browser, server }) => {
  const context = await browser.newContext({ locale: 'de-DE' });
  const page = await context.newPage();
  await new DemoPage(page).open(server.url);
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await context.close();
});

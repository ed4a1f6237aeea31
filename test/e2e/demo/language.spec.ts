import { es } from '../../../demo/src/i18n/es.ts';
import { capital, DemoPage, longQuestion } from './demo-page.ts';
import { expect, test } from './demo-test.ts';

test('a Spanish reader gets a Spanish page, badge and reason included', async ({ browser, server }) => {
  const context = await browser.newContext({ locale: 'es-ES' });
  const page = await context.newPage();
  const demo = new DemoPage(page, es);
  await demo.open(server.url);
  await expect(page.locator('html')).toHaveAttribute('lang', 'es');
  await expect(page).toHaveTitle('Orilla: IA privada, en tu orilla');
  await expect(page.getByRole('button', { name: /^Descargar 98,4/ })).toBeVisible();

  await demo.ask(capital);
  const here = await demo.finishedAnswer();
  await expect(here.getByText(/^En este dispositivo · (CPU|GPU)$/)).toBeVisible();

  await demo.ask(longQuestion);
  const there = await demo.finishedAnswer();
  await expect(there.getByText('En el servidor de tu organización', { exact: true })).toBeVisible();
  await expect(there.getByText('Más larga que el contexto de este dispositivo', { exact: true })).toBeVisible();
  await context.close();
});

test('the language can be changed in mid-conversation and is remembered', async ({ demo, server, page }) => {
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

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { chromium } from '@playwright/test';
import { ensureChromium } from '../../tools/chromium/find-chromium.ts';

/*
 * Draws the app's icons from the mark. Run it after the mark changed, and commit what it writes:
 *   node --conditions=@orilla/source demo/icons/make-icons.ts
 */

const here = new URL('.', import.meta.url);
const out = new URL('../public/icons/', import.meta.url);
const sea = '#0b6a80';
const depths = ['#0a6075', '#09566a', '#084c5e'];

/** `shape` rounds the square itself; a maskable icon fills it, since the system cuts it. `scale` is the mark's share of the width. */
const icons = [
  { name: 'mark-192.png', size: 192, shape: 'rounded', scale: 0.62 },
  { name: 'mark-512.png', size: 512, shape: 'rounded', scale: 0.62 },
  { name: 'maskable-512.png', size: 512, shape: 'full', scale: 0.5 },
  { name: 'apple-touch-180.png', size: 180, shape: 'full', scale: 0.6 },
] as const;

const mark = await readFile(new URL('mark.svg', here), 'utf8');
const shapes = mark.slice(mark.indexOf('<g>'), mark.indexOf('</svg>'));

/** The mark in white on the sea, which gets deeper towards one corner as on a chart. */
function draw({ shape, scale }: (typeof icons)[number]): string {
  const side = 100 * scale;
  const corner = (100 - side) / 2;
  const rings = depths.map((fill, index) => `<circle cx="100" cy="100" r="${92 - 26 * index}" fill="${fill}"/>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="100%" height="100%">
    <clipPath id="shape"><rect width="100" height="100" rx="${shape === 'rounded' ? 22 : 0}"/></clipPath>
    <g clip-path="url(#shape)"><rect width="100" height="100" fill="${sea}"/>${rings.join('')}</g>
    <svg x="${corner}" y="${corner}" width="${side}" height="${side}" viewBox="0 0 32 32" style="color:#fff">${shapes}</svg>
  </svg>`;
}

await mkdir(out, { recursive: true });
await writeFile(new URL('mark.svg', out), mark);
const { executablePath, args } = await ensureChromium();
const browser = await chromium.launch({ executablePath, args });
try {
  for (const icon of icons) {
    const { size: width } = icon;
    const page = await browser.newPage({ viewport: { width, height: width } });
    await page.setContent(`<style>html,body{margin:0;height:100%}</style>${draw(icon)}`);
    await page.screenshot({ path: new URL(icon.name, out).pathname, omitBackground: true });
    await page.close();
  }
} finally {
  await browser.close();
}

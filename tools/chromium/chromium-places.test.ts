import { expect, test } from 'vitest';
import { chromiumPlaces } from './chromium-places.ts';

test('on Linux the PATH is searched, a plain Chromium first', () => {
  const places = chromiumPlaces('linux', { PATH: '/snap/bin:/usr/bin' });
  expect(places.slice(0, 2)).toEqual(['/snap/bin/chromium', '/usr/bin/chromium']);
  expect(places).toContain('/opt/google/chrome/chrome');
  expect(new Set(places).size).toBe(places.length);
});

test('on Linux without a PATH the usual folders remain', () => {
  expect(chromiumPlaces('linux', {})).toContain('/usr/bin/google-chrome');
});

test('on a Mac the applications of the machine come before those of the person', () => {
  const places = chromiumPlaces('darwin', { HOME: '/Users/ana' });
  expect(places[0]).toBe('/Applications/Chromium.app/Contents/MacOS/Chromium');
  expect(places).toContain('/Users/ana/Applications/Google Chrome.app/Contents/MacOS/Google Chrome');
});

test('on Windows only folders that the environment names are searched', () => {
  expect(chromiumPlaces('win32', { LOCALAPPDATA: 'C:\\Users\\ana\\AppData\\Local' })).toEqual([
    'C:\\Users\\ana\\AppData\\Local\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Users\\ana\\AppData\\Local\\Chromium\\Application\\chrome.exe',
  ]);
});

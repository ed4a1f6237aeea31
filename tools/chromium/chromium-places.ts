import { join } from 'node:path';

/** Commands looked for on the PATH, the likeliest to be a plain Chromium first. */
const commands = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];

const macApplications = [
  'Chromium.app/Contents/MacOS/Chromium',
  'Google Chrome.app/Contents/MacOS/Google Chrome',
  'Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
];

const windowsPrograms = ['Google\\Chrome\\Application\\chrome.exe', 'Chromium\\Application\\chrome.exe'];

type Env = Readonly<Record<string, string | undefined>>;

/** Every path where this platform's installers put a Chromium or a Chrome; most do not exist. */
export function chromiumPlaces(platform: NodeJS.Platform, env: Env): string[] {
  if (platform === 'darwin')
    return ['/Applications', ...(env.HOME ? [join(env.HOME, 'Applications')] : [])].flatMap((folder) =>
      macApplications.map((application) => join(folder, application)),
    );
  if (platform === 'win32')
    return [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA]
      .filter((folder) => folder !== undefined)
      .flatMap((folder) => windowsPrograms.map((program) => `${folder}\\${program}`));
  const folders = [...(env.PATH ?? '').split(':').filter(Boolean), '/usr/bin', '/opt/google/chrome'];
  return [...new Set(commands.flatMap((command) => folders.map((folder) => join(folder, command))))];
}

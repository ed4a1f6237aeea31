import { readFile } from 'node:fs/promises';
import type { CDPSession } from '@playwright/test';

/** Resident memory of the browser's own process and of its renderers, in bytes. */
export async function residentBytes(browser: CDPSession): Promise<number> {
  const { processInfo } = await browser.send('SystemInfo.getProcessInfo');
  const ids = processInfo.filter(({ type }) => type === 'browser' || type === 'renderer').map(({ id }) => id);
  const each = await Promise.all(ids.map(residentBytesOf));
  return each.reduce((sum, bytes) => sum + bytes, 0);
}

/** Of one process; nothing where it has ended meanwhile. */
async function residentBytesOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

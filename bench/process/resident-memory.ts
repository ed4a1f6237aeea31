import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CDPSession } from '@playwright/test';

/** Resident memory of the browser's own process and of its renderers, in bytes. */
export async function residentBytes(browser: CDPSession): Promise<number> {
  const { processInfo } = await browser.send('SystemInfo.getProcessInfo');
  const ids = processInfo.filter(({ type }) => type === 'browser' || type === 'renderer').map(({ id }) => id);
  const each = await Promise.all(ids.map((id) => residentBytesOf(id)));
  return each.reduce((sum, bytes) => sum + bytes, 0);
}

/** Of one process; nothing where it has ended meanwhile. */
export async function residentBytesOf(pid: number, { proc = '/proc' } = {}): Promise<number> {
  const status = await readFile(join(proc, String(pid), 'status'), 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

/** Why it can't be had, where it can't. */
export async function residentMemoryMissing(proc = '/proc'): Promise<string | null> {
  const bytes = await residentBytesOf(process.pid, { proc });
  return bytes > 0 ? null : 'resident memory of a process is read from /proc/PID/status, which only Linux has';
}

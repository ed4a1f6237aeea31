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

/** The most that each of a browser's processes, that of the GPU among them, has ever had resident, taken together, in bytes. */
export async function peakResidentBytes(browser: CDPSession): Promise<number> {
  const { processInfo } = await browser.send('SystemInfo.getProcessInfo');
  const each = await Promise.all(processInfo.map(({ id }) => peakResidentBytesOf(id)));
  return each.reduce((sum, bytes) => sum + bytes, 0);
}

/** Of one process; nothing where it has ended meanwhile. */
export function residentBytesOf(pid: number, { proc = '/proc' } = {}): Promise<number> {
  return statusBytes(pid, { proc, field: 'VmRSS' });
}

/** The most that one process has ever had; nothing where it has ended meanwhile. */
export function peakResidentBytesOf(pid: number, { proc = '/proc' } = {}): Promise<number> {
  return statusBytes(pid, { proc, field: 'VmHWM' });
}

async function statusBytes(
  pid: number,
  { proc, field }: { readonly proc: string; readonly field: 'VmRSS' | 'VmHWM' },
): Promise<number> {
  const status = await readFile(join(proc, String(pid), 'status'), 'utf8').catch(() => '');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * 1024;
}

/** Why it can't be had, where it can't. */
export async function residentMemoryMissing(proc = '/proc'): Promise<string | null> {
  const bytes = await residentBytesOf(process.pid, { proc });
  return bytes > 0 ? null : 'resident memory of a process is read from /proc/PID/status, which only Linux has';
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, type CDPSession, chromium as playwright } from '@playwright/test';
import type { Chromium } from '../../tools/chromium/find-chromium.ts';

/** A Chromium that stores on disk, as people have it: an off-the-record profile keeps what it stores in memory. */
export interface OpenProfile extends AsyncDisposable {
  readonly context: BrowserContext;
  /** Speaks with the browser itself, not with a page. */
  readonly browser: CDPSession;
}

/** Opens one with a new profile, which goes with the scope. An abort closes it, which ends whatever waits for one of its pages. */
export async function openProfile(
  { executablePath, args }: Chromium,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<OpenProfile> {
  signal?.throwIfAborted();
  await using open = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'orilla-bench-profile-'));
  open.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  const context = await playwright.launchPersistentContext(folder, {
    executablePath,
    args,
    // Scopes end the browser, after an interrupt too.
    handleSIGINT: false,
    handleSIGTERM: false,
  });
  // One that is closing already would say so before it has closed, and goes on writing into the folder.
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= context.close();
    return closing;
  };
  open.defer(close);
  signal?.addEventListener('abort', close, { once: true });
  open.defer(() => signal?.removeEventListener('abort', close));
  signal?.throwIfAborted();
  const browser = await context.browser()?.newBrowserCDPSession();
  if (!browser) throw new Error('This Chromium takes no sessions.');
  const kept = open.move();
  return { context, browser, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

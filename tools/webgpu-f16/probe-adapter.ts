import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium as playwright } from '@playwright/test';
import type { Chromium } from '../chromium/find-chromium.ts';

/** What a page sees of the WebGPU adapter it is given. */
export interface ProbedAdapter {
  vendor: string;
  architecture: string;
  description: string;
  isFallback: boolean;
  /** Sorted. */
  features: string[];
  maxBufferBytes: number;
  maxInvocationsPerWorkgroup: number;
}

/** Starts Chromium with `env` on top of this process's own and asks a page for its adapter; undefined when it gets none. */
export async function probeAdapter(
  chromium: Chromium,
  { env = {} }: { env?: Readonly<Record<string, string>> } = {},
): Promise<ProbedAdapter | undefined> {
  // WebGPU exists in secure contexts only, and loopback is one.
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Adapter</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  const browser = await playwright.launch({
    executablePath: chromium.executablePath,
    args: chromium.args,
    env: { ...processEnv(), ...env },
  });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${port}/`);
    return await page.evaluate(async () => {
      const adapter = await navigator.gpu?.requestAdapter();
      if (!adapter) return undefined;
      const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
      return {
        vendor,
        architecture,
        description,
        isFallback: isFallbackAdapter,
        features: [...adapter.features].sort(),
        maxBufferBytes: adapter.limits.maxBufferSize,
        maxInvocationsPerWorkgroup: adapter.limits.maxComputeInvocationsPerWorkgroup,
      };
    });
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
}

/** This process's environment as Playwright takes it: without what is unset. */
function processEnv(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/**
 * How tests start Chromium: WebGPU on whatever adapter there is, and no request of the browser's own that a test which
 * watches the network would have to explain away. (Headless is the launcher's choice.)
 */
export function chromiumArgs({ isRoot = process.getuid?.() === 0 }: { isRoot?: boolean } = {}): string[] {
  return [
    // Chromium refuses to sandbox what root runs; everybody else keeps the sandbox.
    ...(isRoot ? ['--no-sandbox'] : []),
    '--enable-unsafe-webgpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
}

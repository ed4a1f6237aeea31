/** llama.cpp itself, 8.8 MB. Written out, so that bundlers find the file. */
export const wllamaWasmUrl = new URL('@wllama/wllama/esm/wasm/wllama.wasm', import.meta.url).href;

/**
 * Fetches it into the browser's cache, from where wllama's own worker takes it. It is not compiled here: the browser does that in a tenth
 * of a second, and a module that was compiled before saves half of that.
 * @throws TypeError where the server can't be reached or has no such file
 */
export async function fetchWllama(url = wllamaWasmUrl): Promise<void> {
  const response = await fetch(url);
  if (!response.ok) throw new TypeError(`The server has no ${url} (${response.status}).`);
  // What is cancelled before its end is not kept.
  await response.body?.pipeTo(new WritableStream());
}

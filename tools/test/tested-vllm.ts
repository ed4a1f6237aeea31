import { ensureVllm } from '../vllm/install.ts';
import { startVllm } from '../vllm/serve.ts';

/** Names of the variables that tell tests where the vLLM under test is. */
export const testedVllmVariables = { url: 'ORILLA_TEST_VLLM_URL', apiKey: 'ORILLA_TEST_VLLM_KEY' } as const;

export interface TestedVllm {
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** One real vLLM for the whole run, since it takes a minute to start: Vitest's tests and Playwright's share it. */
export async function startTestedVllm(
  ggufPath: string,
  { log, signal }: { readonly log: (message: string) => void; readonly signal: AbortSignal },
): Promise<TestedVllm> {
  const vllm = await startVllm({ vllm: await ensureVllm({ ggufPath, log, signal }), log, signal });
  return {
    env: { [testedVllmVariables.url]: vllm.url, [testedVllmVariables.apiKey]: vllm.apiKey },
    stop: () => vllm.stop(),
  };
}

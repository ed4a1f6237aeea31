import { type LoadOrtOptions, loadOrt as loadOrtCode } from './load-ort.ts';
import { ortTurns } from './ort-turns.ts';

/** The smallest graph that there is, in ONNX: `b = Identity(a)`, both of one number, by the rules of operators 17. */
const identity = 'CAg6NwoQCgFhEgFiIghJZGVudGl0eRIBZ1oPCgFhEgoKCAgBEgQKAggBYg8KAWISCgoICAESBAoCCAFCBAoAEBE=';

export interface StartOrtOptions extends LoadOrtOptions {
  readonly loadOrt?: typeof loadOrtCode;
}

/**
 * Fetches, compiles and starts onnxruntime, which it does itself with its first session: one that computes nothing.
 * @throws OrillaError `engine.load-failed`; what onnxruntime throws
 */
export async function startOrt({ loadOrt = loadOrtCode, ...how }: StartOrtOptions): Promise<void> {
  const ort = await loadOrt(how);
  await ortTurns.run(async () => {
    const graph = Uint8Array.from(atob(identity), (char) => char.charCodeAt(0));
    const session = await ort.InferenceSession.create(graph, { executionProviders: ['wasm'] });
    await session.release();
  });
}

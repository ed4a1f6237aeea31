/** The part of WebLLM that holds a model, which it shows to nobody; `null` where it is not as it was in the version that this was written for. */
export function pipelineOf(mlc: object, modelId: string): object | null {
  const pipelines: unknown = Reflect.get(mlc, 'loadedModelIdToPipeline');
  const pipeline: unknown = pipelines instanceof Map ? pipelines.get(modelId) : undefined;
  return typeof pipeline === 'object' ? pipeline : null;
}

import { serveBench } from '../../process/serve-bench.ts';
import { isWeights, readFolder, servedWeights } from './served-weights.ts';
import type { ServerAnswer, ServerQuestion, ServerReady } from './server-messages.ts';
import { startWeightsServer } from './weights-server.ts';

// main.ts BYTES APP_FOLDER : in a process of its own, so that the page and its peers share the machine with it, but no event loop.
const [bytes = '', appFolder = ''] = process.argv.slice(2);
const weights = await servedWeights(Number(bytes));
const server = await startWeightsServer({
  files: new Map([...weights.files, ...(await readFolder(appFolder))]),
  isWeights,
});
const ready: ServerReady = { origin: server.origin, weights: weights.describe(server.origin) };

serveBench(ready, async (question: ServerQuestion): Promise<ServerAnswer> => {
  if (question.type === 'cut') await server.cutAfter(question.afterBytes);
  else if (question.type === 'mend') server.mend();
  else if (question.type === 'pace') server.pace(question.bytesPerSecond);
  return { sentBytes: server.sentBytes };
});

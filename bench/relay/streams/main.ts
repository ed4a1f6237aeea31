import { serveBench } from '../../process/serve-bench.ts';
import { measureStreams, type StreamQuestion } from './measure-streams.ts';
import { startTokenUpstream } from './token-upstream.ts';

const upstream = await startTokenUpstream();
serveBench({ origin: upstream.origin }, (question: StreamQuestion) => measureStreams(question, upstream));

import { serveBench } from '../../process/serve-bench.ts';
import { sendLoad } from './send-load.ts';

serveBench(null, sendLoad);

import { OneAtATime } from '../../one-at-a-time.ts';

/** Of all sessions: onnxruntime's code does one thing at a time, also while another session waits for the GPU. */
export const ortTurns = new OneAtATime();

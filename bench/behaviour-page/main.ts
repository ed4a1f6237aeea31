import { type OrillaSide, openOrilla } from './orilla-side.ts';
import { PeerSide } from './peer-side.ts';

let ours: OrillaSide | undefined;
let peer: PeerSide | undefined;

window.behaviourBench = {
  async open(pkg, backend) {
    ours = await openOrilla(pkg, backend);
    return ours.loaded;
  },
  ask: (asked) => opened(ours).ask(asked),
  abort: (asked, moment, next) => opened(ours).abort(asked, moment, next),
  calibrate: () => opened(ours).calibrate(),
  async openPeer(model, where) {
    peer ??= new PeerSide();
    await peer.open(model, where);
  },
  askPeer: (asked) => opened(peer).ask(asked),
  peerGpuBufferBytes: () => opened(peer).gpuBufferBytes(),
};

function opened<Side>(side: Side | undefined): Side {
  if (side === undefined) throw new Error('Open this side first.');
  return side;
}

import { type BareSide, openBare } from './bare-side.ts';
import { openPeer, type PeerSide } from './open-peer.ts';
import { type OrillaSide, openOrilla } from './orilla-side.ts';

let ours: OrillaSide | undefined;
let peer: PeerSide | undefined;
let bare: BareSide | undefined;

window.pageBench = {
  async open(pkg) {
    ours = await openOrilla(pkg);
    return ours.loaded;
  },
  async openPeer(model) {
    peer = await openPeer(model);
    return peer.title;
  },
  async openBare(model) {
    bare = await openBare(model);
  },
  ask: (question) => opened(ours).ask(question),
  askPeer: (question) => opened(peer).ask(question),
  askBare: (question) => opened(bare).ask(question),
};

function opened<Side>(side: Side | undefined): Side {
  if (side === undefined) throw new Error('Open this side first.');
  return side;
}

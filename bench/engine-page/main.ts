import { type BareSide, openBare } from './bare-side.ts';
import { type OrillaSide, openOrilla } from './orilla-side.ts';
import { openWllama, type WllamaSide } from './wllama-side.ts';

let ours: OrillaSide | undefined;
let peer: WllamaSide | undefined;
let bare: BareSide | undefined;

window.pageBench = {
  async open(pkg) {
    ours = await openOrilla(pkg);
    return ours.loaded;
  },
  async openPeers(fileUrl, loaded) {
    peer = await openWllama(fileUrl, loaded);
    bare = await openBare(fileUrl, loaded);
  },
  ask(question) {
    if (!ours) throw new Error('Open the package first.');
    return ours.ask(question);
  },
  askPeer(question) {
    if (!peer) throw new Error('Open the peers first.');
    return peer.ask(question);
  },
  askBare(question) {
    if (!bare) throw new Error('Open the peers first.');
    return bare.ask(question);
  },
};

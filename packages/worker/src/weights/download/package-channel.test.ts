import { expect, test } from 'vitest';
import { PackageChannel, type PackageNews } from './package-channel.ts';

function tabs(name: string) {
  const broadcasts = [new BroadcastChannel(name), new BroadcastChannel(name)];
  const heard: PackageNews[][] = [[], []];
  const channels = broadcasts.map((broadcast) => new PackageChannel(broadcast));
  const ends = channels.map((channel, index) => channel.listen((news) => heard[index]?.push(news)));
  return { channels, heard, ends, close: () => broadcasts.map((broadcast) => broadcast.close()) };
}

test('news reaches every tab: here at once, elsewhere soon', async () => {
  const { channels, heard, close } = tabs('news');
  channels[0]?.tell({ type: 'changed', id: 'one' });
  expect(heard).toEqual([[{ type: 'changed', id: 'one' }], []]);
  while (heard[1]?.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(heard[1]).toEqual([{ type: 'changed', id: 'one' }]);
  expect(heard[0]).toHaveLength(1);
  close();
});

test('who has stopped listening is told no more', () => {
  const { channels, heard, ends, close } = tabs('stopped');
  ends[0]?.();
  channels[0]?.tell({ type: 'ask' });
  expect(heard[0]).toEqual([]);
  close();
});

test('a listener may end itself while it is told', () => {
  const channel = new PackageChannel(null);
  const heard: string[] = [];
  const end = channel.listen(({ type }) => {
    heard.push(`one ${type}`);
    end();
  });
  channel.listen(({ type }) => heard.push(`two ${type}`));
  channel.tell({ type: 'ask' });
  channel.tell({ type: 'ask' });
  expect(heard).toEqual(['one ask', 'two ask', 'two ask']);
});

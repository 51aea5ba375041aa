import { describe, expect, it } from '@jest/globals';
import { buildConnection } from '../testing/push-builder.ts';
import { socketCommands } from './socket-commands.ts';

const connection = buildConnection('socket-aaaa', 1_800_000_000_000);
const own = { netns: 0, name: null };
const texts = (...of: Parameters<typeof socketCommands>) => socketCommands(...of).map(({ command }) => command);

describe('commands that show a socket', () => {
  it('name its addresses, its process and its descriptor', () => {
    expect(texts(connection, own)).toEqual([
      "ss -tnpoemi state close-wait '( src 192.0.2.1:8080 and dst 198.51.100.7:51234 )'",
      'lsof -nP -a -p 4711 -d 21',
    ]);
  });

  it('write IPv6 addresses as ss and lsof read them', () => {
    const ends = { local: { address: '2001:db8::1', port: 443 }, peer: { address: '2001:db8::2', port: 50_000 } };
    expect(texts({ ...connection, ...ends, owners: [] }, own)).toEqual([
      "ss -tnpoemi state close-wait '( src [2001:db8::1]:443 and dst [2001:db8::2]:50000 )'",
      'lsof -nP -iTCP@[2001:db8::2]:50000 -sTCP:CLOSE_WAIT',
    ]);
  });

  it('enter another namespace by its name, else through the process; without either there are none', () => {
    expect(texts(connection, { netns: 3, name: 'shop' })[0]).toMatch(/^ip netns exec shop ss /);
    expect(texts(connection, { netns: 3, name: null })).toEqual([
      expect.stringMatching(/^nsenter -t 4711 -n ss /),
      'nsenter -t 4711 -n lsof -nP -a -p 4711 -d 21',
    ]);
    expect(texts({ ...connection, owners: [] }, { netns: 3, name: null })).toEqual([]);
  });

  it('let no name of a namespace out of its quotes', () => {
    const [ss] = texts(connection, { netns: 3, name: "a'; reboot; '" });
    expect(ss).toMatch(/^ip netns exec 'a'\\''; reboot; '\\''' ss /);
  });
});

import { describe, expect, it } from '@jest/globals';
import { parseAddressRange } from './ip-network.ts';

describe('parseAddressRange', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7', '192.0.2.7'],
    ['192.0.2.0/24', '192.0.2.0', '192.0.2.255'],
    ['192.0.2.77/24', '192.0.2.0', '192.0.2.255'],
    ['10.0.0.0/9', '10.0.0.0', '10.127.255.255'],
    ['192.0.2.129/31', '192.0.2.128', '192.0.2.129'],
    ['0.0.0.0/0', '0.0.0.0', '255.255.255.255'],
    ['::ffff:192.0.2.7', '192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.0/120', '192.0.2.0', '192.0.2.255'],
    ['::ffff:0:0/96', '0.0.0.0', '255.255.255.255'],
    ['[2001:db8::1]', '2001:db8:0:0:0:0:0:1', '2001:db8:0:0:0:0:0:1'],
    ['2001:db8::/33', '2001:db8:0:0:0:0:0:0', '2001:db8:7fff:ffff:ffff:ffff:ffff:ffff'],
    ['fe80::1%eth0', 'fe80:0:0:0:0:0:0:1', 'fe80:0:0:0:0:0:0:1'],
    ['::/0', '0:0:0:0:0:0:0:0', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ])('reads %s', (text, first, last) => {
    expect(parseAddressRange(text)).toEqual({ first, last });
  });

  it.each([
    '',
    '/',
    '/24',
    '192.0.2.0/',
    '192.0.2.0/33',
    '192.0.2.0/-1',
    '192.0.2.0/+1',
    '192.0.2.0/2 4',
    '192.0.2/24',
  ])('refuses %j', (text) => expect(parseAddressRange(text)).toBeUndefined());

  it.each(['2001:db8::/129', '2001:db8::/1e1', '::ffff:192.0.2.0/24', '192.0.2.0/24/24', 'web-1', '192.0.02.0/24'])(
    'refuses %j',
    (text) => expect(parseAddressRange(text)).toBeUndefined(),
  );
});

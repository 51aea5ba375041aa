import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fiveTupleKey, formatEndpoint, mirrored, parseEndpoint, type Endpoint, type FiveTuple } from './five-tuple.ts';
import { canonicalAddress } from './ip-address.ts';

const endpoint: fc.Arbitrary<Endpoint> = fc.record({
  address: fc.oneof(fc.ipV4(), fc.ipV6()).map((text) => canonicalAddress(text) ?? text),
  port: fc.nat({ max: 65_535 }),
});
const fiveTuple: fc.Arbitrary<FiveTuple> = fc.record({
  transport: fc.constant('tcp' as const),
  local: endpoint,
  peer: endpoint,
});

it('reads back every endpoint it writes', () => {
  fc.assert(
    fc.property(endpoint, (end) => {
      expect(parseEndpoint(formatEndpoint(end))).toEqual(end);
    }),
  );
});

it("reads netstat's spelling, where the last colon parts the port", () => {
  fc.assert(
    fc.property(endpoint, ({ address, port }) => {
      expect(parseEndpoint(`${address}:${port}`)).toEqual({ address, port });
    }),
  );
});

it.each([
  ['192.0.2.1:443', '192.0.2.1', 443],
  ['[2001:db8::1]:443', '2001:db8::1', 443],
  ['2001:db8::1:443', '2001:db8::1', 443],
  [':::22', '::', 22],
  ['::1:0', '::1', 0],
  ['::ffff:192.0.2.1:65535', '192.0.2.1', 65_535],
  ['[::ffff:192.0.2.1]:80', '192.0.2.1', 80],
  ['[fe80::1%eth0]:546', 'fe80::1', 546],
  ['[fe80::1]%eth0:546', 'fe80::1', 546],
  ['127.0.0.53%lo:53', '127.0.0.53', 53],
])('reads %s', (text, address, port) => {
  expect(parseEndpoint(text)).toEqual({ address, port });
});

it.each([
  '',
  ':',
  ':443',
  '443',
  '192.0.2.1',
  '192.0.2.1:',
  '192.0.2.1:*',
  '0.0.0.0:*',
  '192.0.2.1:65536',
  '192.0.2.1:-1',
  '192.0.2.1:4 3',
  '192.0.2.1:443 ',
  '192.0.2.1:0x50',
  '192.0.2.1:https',
  'example.com:443',
  '[2001:db8::1]443',
  '[2001:db8::1',
])('does not take "%s" for an endpoint', (text) => {
  expect(parseEndpoint(text)).toBeUndefined();
});

it('puts brackets around IPv6 only', () => {
  expect(formatEndpoint({ address: '::1', port: 8_640 })).toBe('[::1]:8640');
  expect(formatEndpoint({ address: '127.0.0.1', port: 8_640 })).toBe('127.0.0.1:8640');
});

it('sees from the peer what the peer sees, and from its peer the same again', () => {
  fc.assert(
    fc.property(fiveTuple, (tuple) => {
      expect(mirrored(tuple)).toEqual({ transport: 'tcp', local: tuple.peer, peer: tuple.local });
      expect(mirrored(mirrored(tuple))).toEqual(tuple);
    }),
  );
});

it('has one key for one socket and different keys for different ones', () => {
  fc.assert(
    fc.property(fiveTuple, fiveTuple, (one, other) => {
      const same =
        formatEndpoint(one.local) === formatEndpoint(other.local) &&
        formatEndpoint(one.peer) === formatEndpoint(other.peer);

      expect(fiveTupleKey(one)).toBe(fiveTupleKey(structuredClone(one)));
      expect(fiveTupleKey(one) === fiveTupleKey(other)).toBe(same);
    }),
  );
});

it('tells the two ends of a loopback connection apart', () => {
  const tuple: FiveTuple = {
    transport: 'tcp',
    local: { address: '127.0.0.1', port: 1 },
    peer: { address: '127.0.0.1', port: 2 },
  };

  expect(fiveTupleKey(mirrored(tuple))).not.toBe(fiveTupleKey(tuple));
});

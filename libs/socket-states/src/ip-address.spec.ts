import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isIP } from 'node:net';
import { canonicalAddress, ipv4FromBytes, ipv6FromBytes, networkTypeOf } from './ip-address.ts';

const ipv6Bytes = fc.oneof(
  fc.uint8Array({ minLength: 16, maxLength: 16 }),
  // Zeros are where the spellings differ.
  fc.uint8Array({ minLength: 16, maxLength: 16, max: 1 }),
  fc
    .array(fc.constantFrom([0, 0], [0, 0], [0, 0], [0x0d, 0xb8]), { minLength: 8, maxLength: 8 })
    .map((groups) => Uint8Array.from(groups.flat())),
);
const isMapped = (bytes: Uint8Array): boolean =>
  bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;

/** The eight groups with no compression at all: the longest spelling of an IPv6 address. */
const fullSpelling = (bytes: Uint8Array): string =>
  Array.from({ length: 8 }, (_, group) =>
    Buffer.from(bytes)
      .subarray(2 * group, 2 * group + 2)
      .toString('hex'),
  ).join(':');

/** The serialiser of the URL standard, which has RFC 5952's rules. */
const asUrlHost = (address: string): string => new URL(`http://[${address}]/`).hostname.slice(1, -1);

describe('an address in any spelling', () => {
  it('is an address exactly when node:net says so', () => {
    const nearlyAddresses = fc.array(
      fc.constantFrom('::', ':', '.', '0', '1', '00', '255', '256', 'ffff', 'F00', '10000', 'g', '192.0.2.1', '%', '-'),
      { maxLength: 17 },
    );
    const texts = fc.oneof(
      nearlyAddresses.map((parts) => parts.join('')),
      fc.ipV4(),
      fc.ipV6(),
      fc.string(),
    );
    fc.assert(
      fc.property(texts, (text) => {
        // node:net takes a zone on IPv6 only and no brackets.
        fc.pre(!/[%[\]]/.test(text));

        expect([text, canonicalAddress(text) !== undefined]).toEqual([text, isIP(text) !== 0]);
      }),
      { numRuns: 3_000 },
    );
  });

  it('is canonical after one pass', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const address = canonicalAddress(text);

        expect(canonicalAddress(address ?? '')).toBe(address);
      }),
    );
  });

  it('comes out as the URL standard writes it', () => {
    fc.assert(
      fc.property(ipv6Bytes, (bytes) => {
        fc.pre(!isMapped(bytes));

        expect(canonicalAddress(fullSpelling(bytes))).toBe(asUrlHost(fullSpelling(bytes)));
      }),
    );
  });

  it('is the same in capitals', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        expect(canonicalAddress(text.toUpperCase())).toBe(canonicalAddress(text));
      }),
    );
  });
});

describe('bytes from the kernel', () => {
  it('come out as their text does', () => {
    fc.assert(
      fc.property(ipv6Bytes, (bytes) => {
        expect(ipv6FromBytes(bytes)).toBe(canonicalAddress(fullSpelling(bytes)));
      }),
    );
  });

  it('come out as dotted IPv4', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), (bytes) => {
        expect(canonicalAddress(ipv4FromBytes(bytes))).toBe(Array.from(bytes).join('.'));
      }),
    );
  });

  it('are IPv4 when they map IPv4', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), (ipv4) => {
        const mapped = Uint8Array.from([...new Uint8Array(10), 255, 255, ...ipv4]);

        expect(ipv6FromBytes(mapped)).toBe(ipv4FromBytes(ipv4));
      }),
    );
  });

  it('may be part of a larger buffer', () => {
    const message = Buffer.from('00000000c0000201ffffffff', 'hex');

    expect(ipv4FromBytes(message.subarray(4, 8))).toBe('192.0.2.1');
  });
});

it.each([
  // RFC 5952 section 1 and 4
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:0db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:db8::1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:db8::0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:0db8::1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:db8:0:0:1::1', '2001:db8::1:0:0:1'],
  ['2001:DB8:0:0:1::1', '2001:db8::1:0:0:1'],
  ['2001:db8:aaaa:bbbb:cccc:dddd:eeee:0001', '2001:db8:aaaa:bbbb:cccc:dddd:eeee:1'],
  ['2001:db8:aaaa:bbbb:cccc:dddd::1', '2001:db8:aaaa:bbbb:cccc:dddd:0:1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
  ['2001:db8:0000:0:1::', '2001:db8:0:0:1::'],
  ['0:0:0:0:0:0:0:0', '::'],
  ['0:0:0:0:0:0:0:1', '::1'],
  ['1:0:0:0:0:0:0:0', '1::'],
  ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  ['::2:3:4:5:6:7:8', '0:2:3:4:5:6:7:8'],
  // IPv4 within IPv6
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::FFFF:c000:0201', '192.0.2.1'],
  ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
  ['::ffff:0.0.0.0', '0.0.0.0'],
  ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'], // NAT64 (RFC 6052) is no mapped address
  ['::192.0.2.1', '::c000:201'],
  ['::ffff:0:192.0.2.1', '::ffff:0:c000:201'],
  // brackets and zones
  ['[2001:db8::1]', '2001:db8::1'],
  ['[::ffff:192.0.2.1]', '192.0.2.1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['[fe80::1%eth0.100]', 'fe80::1'],
  ['[fe80::1]%eth0', 'fe80::1'],
  ['127.0.0.53%lo', '127.0.0.53'],
])('writes %s as %s', (text, canonical) => {
  expect(canonicalAddress(text)).toBe(canonical);
});

it.each([
  '',
  ' ',
  '*',
  '1.2.3',
  '1.2.3.4.5',
  '1.2.3.256',
  '010.0.0.1',
  '0x7f.0.0.1',
  '1.2.3.4 ',
  '1.2.3.4\n',
  '١.٢.٣.٤',
  '[1.2.3.4]',
  ':',
  ':::',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1:2:3:4:5:6:7:8::',
  ':1:2:3:4:5:6:7',
  '1.2.3.4::',
  '::1.2.3.4:5',
  '::ffff:01.2.3.4',
  '12345::',
  '::g',
  '[::1',
  '::1]',
  '[[::1]]',
  '[]',
  '%eth0',
  'fe80::1%',
  'fe80::1%a%b',
  '[fe80::1%a]%b',
  'localhost',
])('does not take "%s" for an address', (text) => {
  expect(canonicalAddress(text)).toBeUndefined();
});

it('tells the family of a canonical address', () => {
  expect(networkTypeOf('192.0.2.1')).toBe('ipv4');
  expect(networkTypeOf('::1')).toBe('ipv6');
});

import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Endpoint } from '../five-tuple.ts';
import { canonicalAddress } from '../ip-address.ts';
import { mayBe, mayBeCut, NETSTAT_COLUMN, readEnd } from './text-endpoint.ts';

it.each([
  ['192.0.2.1:443', '192.0.2.1', 443],
  ['[2001:db8::1]:443', '2001:db8::1', 443],
  ['2001:db8::1:443', '2001:db8::1', 443],
  ['[::ffff:192.0.2.1]:80', '192.0.2.1', 80],
  ['127.0.0.53%lo:53', '127.0.0.53', 53],
  ['[fe80::1]%eth0:546', 'fe80::1', 546],
  ['*:8080', '0.0.0.0', 8_080],
  ['0.0.0.0:*', '0.0.0.0', 0],
  [':::22', '::', 22],
  ['[::]:22', '::', 22],
  ['*:*', '0.0.0.0', 0],
])('reads %s', (text, address, port) => {
  expect(readEnd(text)).toEqual({ kind: 'endpoint', endpoint: { address, port } });
});

it.each(['localhost:http', '192.0.2.1:https', 'db-7.example:5432', '[::1]:ssh', '*:domain'])(
  'sees names in %s',
  (text) => {
    expect(readEnd(text).kind).toBe('named');
  },
);

it.each(['', ':', ':22', '192.0.2.1', '192.0.2.1:70000', '192.0.2.1:', '1.2.3:4', '[::1:80', 'a b:c'])(
  'does not read "%s"',
  (text) => {
    expect(readEnd(text).kind).toBe('unreadable');
  },
);

const ipv6: fc.Arbitrary<Endpoint> = fc.record({
  address: fc.ipV6().map((text) => canonicalAddress(text) ?? '::1'),
  port: fc.integer({ min: 1, max: 65_535 }),
});

/** As net-tools does it (netstat.c, addr_do_one): the address gives way to the port. */
function asNetTools({ address, port }: Endpoint): string {
  const digits = String(port);
  return address.length + digits.length > NETSTAT_COLUMN - 1
    ? `${address.slice(0, NETSTAT_COLUMN - 1 - digits.length)}:${digits}`
    : `${address}:${digits}`;
}

it('never takes a cut address for a whole one, and knows what it may be', () => {
  fc.assert(
    fc.property(ipv6, (end) => {
      const whole = `${end.address}:${end.port}`;
      for (const shown of [asNetTools(end), whole.slice(0, NETSTAT_COLUMN)]) {
        if (shown !== whole) expect(mayBeCut(shown)).toBe(end.address.includes(':'));
        expect(mayBe(shown, end)).toBe(true);
      }
    }),
  );
});

it('does not take any IPv4 address for a cut one', () => {
  expect(mayBeCut('255.255.255.255:65535')).toBe(false);
});

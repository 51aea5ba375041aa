import { type Endpoint } from '../five-tuple.ts';
import { type TextListeners } from './socket-text.ts';

/** Far more than any host has; past it directions are not told. */
const MOST = 65_536;

/** The local ends that a text shows in LISTEN. */
export class ListenersInText implements TextListeners {
  readonly #ends = new Set<string>();

  add({ address, port }: Endpoint): void {
    // A wildcard of IPv6 may take IPv4 too (ipv6(7), IPV6_V6ONLY), and ss writes `*` for both.
    const end = address === '0.0.0.0' || address === '::' ? `*:${port}` : `${address}:${port}`;
    if (this.#ends.size < MOST) this.#ends.add(end);
  }

  has({ address, port }: Endpoint): boolean {
    return this.#ends.has(`*:${port}`) || this.#ends.has(`${address}:${port}`);
  }
}

import { type Endpoint } from '@closewatch/socket-states';

const WILDCARDS = new Set(['0.0.0.0', '::']);

/** The local endpoints somebody listens on. */
export class Listeners {
  readonly #addressesByPort = new Map<number, Set<string>>();

  add({ address, port }: Endpoint): void {
    const addresses = this.#addressesByPort.get(port);
    if (addresses === undefined) this.#addressesByPort.set(port, new Set([address]));
    else addresses.add(address);
  }

  get ports(): readonly number[] {
    return [...this.#addressesByPort.keys()];
  }

  /** Whether somebody listens at that very address, or at a wildcard, of its port. */
  listenAt({ address, port }: Endpoint): boolean {
    const addresses = this.#addressesByPort.get(port);
    if (addresses === undefined) return false;
    return addresses.has(address) || [...WILDCARDS].some((wildcard) => addresses.has(wildcard));
  }
}

/** Who makes a request or holds a socket. */
export type Principal =
  | {
      readonly kind: 'person';
      readonly username: string;
      readonly role: 'viewer' | 'operator' | 'admin';
      /** Milliseconds since the epoch. */
      readonly expiresAt: number;
      /** SHA-256 of the session cookie, hex: names the session without opening it. */
      readonly session: string;
    }
  | { readonly kind: 'agent'; readonly tokenId: number; readonly name: string }
  | { readonly kind: 'script'; readonly tokenId: number; readonly name: string };

export type PrincipalKind = Principal['kind'];

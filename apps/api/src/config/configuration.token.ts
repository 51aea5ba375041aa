/** Injects the {@link Configuration}, which is an interface and therefore no token of its own. */
export const CONFIGURATION = Symbol('Configuration');

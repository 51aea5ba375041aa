/** Version of what agents push. A server answers 426 to any other, naming both. */
export const PROTOCOL_VERSION = 1;

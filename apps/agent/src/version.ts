/** Filled in by the build (tools/build/bundle.ts). */
declare const CLOSEWATCH_VERSION: string | undefined;

export const VERSION = typeof CLOSEWATCH_VERSION === 'string' ? CLOSEWATCH_VERSION : '0.0.0-source';

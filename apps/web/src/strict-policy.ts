import { config } from 'zod';

// zod compiles object schemas where it may. A strict content security policy forbids that, and browsers report each try
// as an error. Schemas look at this setting when they are made, so it must run before the app: it is built as a polyfill.
config({ jitless: true });

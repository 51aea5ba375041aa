import { coerceError } from '../errors/coerce-error.ts';

const HOUR_MS = 3_600_000;

/** Does `work` every hour, and tells `failed` why it could not; keeps no process alive. Returns the function that ends it. */
export function hourly(work: () => Promise<void>, failed: (message: string) => void): () => void {
  const timer = setInterval(() => {
    work().catch((error: unknown) => failed(coerceError(error).message));
  }, HOUR_MS);
  timer.unref();
  return () => clearInterval(timer);
}

import { Logger } from '@nestjs/common';

const EVERY_MS = 10_000;

/**
 * Tells of pushes that failed. Of those that are to come again (503) one line stands for all of ten seconds: agents by
 * the hundred are refused at once, and writing of each would hold up those that are not.
 */
export class PushLog {
  private untold = 0;
  private toldAt = -Infinity;

  constructor(private readonly logger: Pick<Logger, 'log' | 'warn' | 'error'> = new Logger('Pushes')) {}

  failed(statusCode: number, requestId: string, error: Error, now = performance.now()): void {
    if (statusCode === 503) this.unavailable(error, now);
    else if (statusCode >= 500)
      this.logger.error(`A push failed (request ${requestId}): ${error.message}`, error.stack);
    else this.logger.log(`A push was refused with ${statusCode} (request ${requestId}): ${error.message}`);
  }

  private unavailable(error: Error, now: number): void {
    this.untold++;
    if (now - this.toldAt < EVERY_MS) return;
    const pushes = this.untold === 1 ? 'A push was' : `${this.untold} pushes were`;
    this.logger.warn(`${pushes} refused with 503: ${error.message}`);
    this.untold = 0;
    this.toldAt = now;
  }
}

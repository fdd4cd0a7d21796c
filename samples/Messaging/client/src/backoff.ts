/** How long to wait before the next attempt to connect. */
export interface BackoffOptions {
  /** The ceiling of the first wait, in milliseconds. */
  baseMs: number;
  /** No ceiling is higher than this, in milliseconds. */
  maxMs: number;
  /** What each ceiling is multiplied with to give the next. */
  factor: number;
}

/**
 * The wait before attempt `attempt` (0 is the first after a drop): half of a ceiling that grows
 * exponentially, and a random part of the other half. Without the random part, all clients of a
 * server that restarts would come back in the same instant, and again in the next.
 *
 * @param random a number from 0 up to, and not including, 1
 */
export function backoffMs(attempt: number, options: BackoffOptions, random: number): number {
  const ceiling = Math.min(options.maxMs, options.baseMs * options.factor ** attempt);
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}

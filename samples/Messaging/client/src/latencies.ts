/** Percentiles of the latest latencies, in milliseconds. */
export interface LatencySummary {
  count: number;
  p50: number;
  p95: number;
  max: number;
}

/** The latest latencies of a connection; older ones make room for newer. */
export class Latencies {
  readonly #kept: number[] = [];
  readonly #keptMax: number;
  #count = 0;

  /** @param keptMax how many are kept; the percentiles are of these */
  constructor(keptMax = 500) {
    this.#keptMax = keptMax;
  }

  add(ms: number): void {
    this.#kept[this.#count % this.#keptMax] = ms;
    this.#count++;
  }

  summary(): LatencySummary {
    const sorted = [...this.#kept].sort((a, b) => a - b);
    const at = (share: number) =>
      sorted.length === 0 ? 0 : sorted[Math.ceil(share * sorted.length) - 1]!;
    return { count: this.#count, p50: at(0.5), p95: at(0.95), max: at(1) };
  }
}

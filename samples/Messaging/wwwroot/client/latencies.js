/** The latest latencies of a connection; older ones make room for newer. */
export class Latencies {
    #kept = [];
    #keptMax;
    #count = 0;
    /** @param keptMax how many are kept; the percentiles are of these */
    constructor(keptMax = 500) {
        this.#keptMax = keptMax;
    }
    add(ms) {
        this.#kept[this.#count % this.#keptMax] = ms;
        this.#count++;
    }
    summary() {
        const sorted = [...this.#kept].sort((a, b) => a - b);
        const at = (share) => sorted.length === 0 ? 0 : sorted[Math.ceil(share * sorted.length) - 1];
        return { count: this.#count, p50: at(0.5), p95: at(0.95), max: at(1) };
    }
}

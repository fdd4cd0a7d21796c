/** Cuts what the microphone gives into frames of 20 ms with 16 bits a sample. */
class Recorder extends AudioWorkletProcessor {
  #frame = new Int16Array(320);
  #length = 0;

  process([[channel]]) {
    for (const value of channel ?? []) {
      this.#frame[this.#length++] = Math.max(-1, Math.min(1, value)) * 32767;
      if (this.#length === this.#frame.length) {
        this.port.postMessage(this.#frame.slice());
        this.#length = 0;
      }
    }
    return true;
  }
}

registerProcessor('recorder', Recorder);

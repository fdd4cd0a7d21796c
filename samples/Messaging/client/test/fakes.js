/** Time, chance and the network of one ReconnectingWebSocket, all in the hands of a test. */
export class FakeSurroundings {
  time = 0;
  chance = 0;
  /** Every socket that was asked for, the latest last. */
  sockets = [];
  #timers = new Set();

  now = () => this.time;
  random = () => this.chance;

  setTimeout = (action, ms) => {
    const timer = { action, at: this.time + ms };
    this.#timers.add(timer);
    return timer;
  };

  clearTimeout = timer => this.#timers.delete(timer);

  connect = url => {
    const socket = new FakeSocket(url);
    this.sockets.push(socket);
    return socket;
  };

  get socket() {
    return this.sockets.at(-1);
  }

  get timersCount() {
    return this.#timers.size;
  }

  /** Lets time pass; timers run when their time comes, those that they start included. */
  pass(ms) {
    const end = this.time + ms;
    for (;;) {
      const due = [...this.#timers].filter(timer => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.time = due.at;
      this.#timers.delete(due);
      due.action();
    }
    this.time = end;
  }
}

/** What the browser would have given. */
class FakeSocket {
  sent = [];
  closedWith = null;

  constructor(url) {
    this.url = url;
  }

  send(data) {
    this.sent.push(data);
  }

  close(code) {
    this.closedWith = code ?? null;
    this.isClosed = true;
  }

  open() {
    this.onopen({});
  }

  receive(data) {
    this.onmessage({ data });
  }

  drop(code = 1006) {
    this.onclose({ code });
  }
}

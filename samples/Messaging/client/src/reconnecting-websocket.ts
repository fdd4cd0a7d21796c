import { backoffMs, type BackoffOptions } from './backoff.js';
import { Latencies, type LatencySummary } from './latencies.js';

/** Where the connection stands. */
export type ConnectionState =
  /** An attempt to connect is under way. */
  | 'connecting'
  /** Messages flow. */
  | 'open'
  /** The last attempt failed or the connection was lost; the next attempt has its time. */
  | 'waiting'
  /** Closed for good, by this side or by a code that says so. */
  | 'closed';

/** Time and chance, so that tests need neither. */
export interface Surroundings {
  now(): number;
  setTimeout(action: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  random(): number;
  connect(url: string): WebSocket;
}

export interface Options {
  /** An attempt that is not open after this long counts as failed. */
  connectTimeoutMs: number;
  /** Time between two heartbeats; below the shortest idle limit on the way to the server. */
  heartbeatIntervalMs: number;
  /** A heartbeat without an answer for this long means that the connection is dead. */
  heartbeatTimeoutMs: number;
  /** What a heartbeat says; the number goes up with each. */
  heartbeat(number: number): string;
  /** The number of the heartbeat that a message answers; null for every other message. */
  heartbeatAnswer(data: unknown): number | null;
  backoff: BackoffOptions;
  /** The wait begins anew from the base after a connection that lasted this long. */
  stableAfterMs: number;
  /** Messages that wait for a connection; `send` refuses more. */
  queueMax: number;
  /** Close codes after which trying again would change nothing. */
  finalCodes: readonly number[];
  surroundings: Surroundings;
}

/** What became of the connection so far. */
export interface Report {
  state: ConnectionState;
  /** Attempts to connect. */
  attemptsCount: number;
  /** Attempts that succeeded. */
  openedCount: number;
  /** Open connections that ended without being asked to. */
  droppedCount: number;
  sentCount: number;
  receivedCount: number;
  /** Messages that wait for a connection now. */
  queuedCount: number;
  /** Messages refused because the queue was full. */
  refusedCount: number;
  /** From heartbeats to their answers. */
  heartbeatMs: LatencySummary;
}

const defaults: Options = {
  connectTimeoutMs: 10_000,
  heartbeatIntervalMs: 25_000,
  heartbeatTimeoutMs: 10_000,
  heartbeat: number => JSON.stringify({ type: 'ping', id: String(number) }),
  heartbeatAnswer: data => {
    const match = typeof data === 'string' && /^\{"type":"pong","id":"(\d+)"/.exec(data);
    return match ? Number(match[1]) : null;
  },
  backoff: { baseMs: 500, maxMs: 30_000, factor: 2 },
  stableAfterMs: 5_000,
  queueMax: 100,
  // 1000: done. 1008: a policy refuses us. 4401: sign in first.
  finalCodes: [1000, 1008, 4401],
  surroundings: {
    now: () => performance.now(),
    setTimeout: (action, ms) => setTimeout(action, ms),
    clearTimeout: timer => clearTimeout(timer as number),
    random: Math.random,
    connect: url => new WebSocket(url),
  },
};

/**
 * The WebSocket URL of a path on the page's own host: `wss:` on a page that came over TLS, where
 * the browser refuses `ws:`, and `ws:` elsewhere. A URL that has a scheme of its own keeps its host.
 */
export function webSocketUrl(path: string, page: string | URL = location.href): string {
  const url = new URL(path, page);
  if (url.protocol === 'https:') url.protocol = 'wss:';
  if (url.protocol === 'http:') url.protocol = 'ws:';
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    throw new TypeError(`no WebSocket can be opened at ${url.protocol}`);
  }
  url.hash = '';
  return url.href;
}

/**
 * A WebSocket that comes back: it gives up attempts that hang, notices dead connections by
 * heartbeats, connects again after waits that grow and vary, and keeps what is sent meanwhile.
 *
 * Events: `state` (a CustomEvent with the ConnectionState), `message` (a MessageEvent, heartbeats
 * left out), `open` after every successful attempt, before what was queued is sent.
 */
export class ReconnectingWebSocket extends EventTarget {
  readonly #url: () => string;
  readonly #options: Options;
  readonly #queue: string[] = [];
  readonly #heartbeats = new Latencies();
  #socket: WebSocket | null = null;
  #state: ConnectionState = 'waiting';
  /** The one timer that runs: for the attempt, the wait, the heartbeat or its answer. */
  #timer: unknown = null;
  #failuresInRow = 0;
  #openedAt = 0;
  #heartbeatNumber = 0;
  #heartbeatSentAt: number | null = null;
  #attempts = 0;
  #opened = 0;
  #dropped = 0;
  #sent = 0;
  #received = 0;
  #refused = 0;

  /** @param url where to, asked again for each attempt, so that a token in it can be fresh */
  constructor(url: string | (() => string), options: Partial<Options> = {}) {
    super();
    this.#url = typeof url === 'string' ? () => url : url;
    this.#options = { ...defaults, ...options };
    this.#connect();
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Sends now or, without a connection, after the next; false when too much waits already. */
  send(data: string): boolean {
    if (this.#state === 'closed') return false;
    if (this.#state === 'open') {
      this.#socket!.send(data);
      this.#sent++;
      return true;
    }
    if (this.#queue.length >= this.#options.queueMax) {
      this.#refused++;
      return false;
    }
    this.#queue.push(data);
    return true;
  }

  /** Connects at once instead of after the rest of a wait: the network is back, say. */
  reconnectNow(): void {
    if (this.#state !== 'waiting') return;
    this.#failuresInRow = 0;
    this.#connect();
  }

  /** Closes for good. */
  close(code = 1000, reason = ''): void {
    if (this.#state === 'closed') return;
    const socket = this.#release();
    this.#become('closed');
    socket?.close(code, reason);
  }

  report(): Report {
    return {
      state: this.#state,
      attemptsCount: this.#attempts,
      openedCount: this.#opened,
      droppedCount: this.#dropped,
      sentCount: this.#sent,
      receivedCount: this.#received,
      queuedCount: this.#queue.length,
      refusedCount: this.#refused,
      heartbeatMs: this.#heartbeats.summary(),
    };
  }

  #connect(): void {
    this.#stopTimer();
    this.#attempts++;
    this.#become('connecting');
    let socket: WebSocket;
    try {
      socket = this.#options.surroundings.connect(this.#url());
    } catch (refusal) {
      // A URL that can never work, such as ws: on a page that came over TLS.
      this.#become('closed');
      throw refusal;
    }
    this.#socket = socket;
    // A socket that was given up may still say something; nobody listens then.
    const current = (action: () => void) => () => {
      if (this.#socket === socket) action();
    };
    socket.onopen = current(() => this.#onOpen());
    socket.onmessage = event => {
      if (this.#socket === socket) this.#onMessage(event);
    };
    socket.onclose = event => {
      if (this.#socket === socket) this.#onClose(event.code);
    };
    this.#startTimer(this.#options.connectTimeoutMs, () => this.#giveUp());
  }

  #onOpen(): void {
    this.#opened++;
    this.#openedAt = this.#options.surroundings.now();
    this.#become('open');
    this.#waitForHeartbeat();
    this.dispatchEvent(new Event('open'));
    while (this.#state === 'open' && this.#queue.length > 0) {
      this.send(this.#queue.shift()!);
    }
  }

  #onMessage(event: MessageEvent): void {
    const answered = this.#options.heartbeatAnswer(event.data);
    if (answered === null) {
      this.#received++;
      this.dispatchEvent(new MessageEvent('message', { data: event.data }));
    } else if (answered === this.#heartbeatNumber && this.#heartbeatSentAt !== null) {
      this.#heartbeats.add(this.#options.surroundings.now() - this.#heartbeatSentAt);
      this.#waitForHeartbeat();
    }
  }

  #onClose(code: number): void {
    const wasOpen = this.#state === 'open';
    this.#release();
    if (this.#options.finalCodes.includes(code)) {
      this.#become('closed');
      return;
    }
    if (wasOpen) {
      this.#dropped++;
      const lasted = this.#options.surroundings.now() - this.#openedAt;
      if (lasted >= this.#options.stableAfterMs) this.#failuresInRow = 0;
    }
    const wait = backoffMs(
      this.#failuresInRow++, this.#options.backoff, this.#options.surroundings.random());
    this.#become('waiting');
    this.#startTimer(wait, () => this.#connect());
  }

  /** The connection is silent: it is left to itself, because its close could take minutes. */
  #giveUp(): void {
    const socket = this.#socket!;
    this.#onClose(1006);
    socket.close();
  }

  #waitForHeartbeat(): void {
    this.#heartbeatSentAt = null;
    this.#startTimer(this.#options.heartbeatIntervalMs, () => {
      this.#heartbeatNumber++;
      this.#heartbeatSentAt = this.#options.surroundings.now();
      this.#socket!.send(this.#options.heartbeat(this.#heartbeatNumber));
      this.#startTimer(this.#options.heartbeatTimeoutMs, () => this.#giveUp());
    });
  }

  /** Forgets the socket: none of its events is ours any more. */
  #release(): WebSocket | null {
    this.#stopTimer();
    const socket = this.#socket;
    this.#socket = null;
    this.#heartbeatSentAt = null;
    return socket;
  }

  #become(state: ConnectionState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.dispatchEvent(new CustomEvent('state', { detail: state }));
  }

  #startTimer(ms: number, action: () => void): void {
    this.#stopTimer();
    this.#timer = this.#options.surroundings.setTimeout(action, ms);
  }

  #stopTimer(): void {
    if (this.#timer !== null) this.#options.surroundings.clearTimeout(this.#timer);
    this.#timer = null;
  }
}

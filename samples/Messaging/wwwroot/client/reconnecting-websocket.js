import { backoffMs } from './backoff.js';
import { Latencies } from './latencies.js';
const defaults = {
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
        clearTimeout: timer => clearTimeout(timer),
        random: Math.random,
        connect: url => new WebSocket(url),
    },
};
/**
 * The WebSocket URL of a path on the page's own host: `wss:` on a page that came over TLS, where
 * the browser refuses `ws:`, and `ws:` elsewhere. A URL that has a scheme of its own keeps its host.
 */
export function webSocketUrl(path, page = location.href) {
    const url = new URL(path, page);
    if (url.protocol === 'https:')
        url.protocol = 'wss:';
    if (url.protocol === 'http:')
        url.protocol = 'ws:';
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
    #url;
    #options;
    #queue = [];
    #heartbeats = new Latencies();
    #socket = null;
    #state = 'waiting';
    /** The one timer that runs: for the attempt, the wait, the heartbeat or its answer. */
    #timer = null;
    #failuresInRow = 0;
    #openedAt = 0;
    #heartbeatNumber = 0;
    #heartbeatSentAt = null;
    #attempts = 0;
    #opened = 0;
    #dropped = 0;
    #sent = 0;
    #received = 0;
    #refused = 0;
    /** @param url where to, asked again for each attempt, so that a token in it can be fresh */
    constructor(url, options = {}) {
        super();
        this.#url = typeof url === 'string' ? () => url : url;
        this.#options = { ...defaults, ...options };
        this.#connect();
    }
    get state() {
        return this.#state;
    }
    /** Sends now or, without a connection, after the next; false when too much waits already. */
    send(data) {
        if (this.#state === 'closed')
            return false;
        if (this.#state === 'open') {
            this.#socket.send(data);
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
    reconnectNow() {
        if (this.#state !== 'waiting')
            return;
        this.#failuresInRow = 0;
        this.#connect();
    }
    /** Closes for good. */
    close(code = 1000, reason = '') {
        if (this.#state === 'closed')
            return;
        const socket = this.#release();
        this.#become('closed');
        socket?.close(code, reason);
    }
    report() {
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
    #connect() {
        this.#stopTimer();
        this.#attempts++;
        this.#become('connecting');
        let socket;
        try {
            socket = this.#options.surroundings.connect(this.#url());
        }
        catch (refusal) {
            // A URL that can never work, such as ws: on a page that came over TLS.
            this.#become('closed');
            throw refusal;
        }
        this.#socket = socket;
        // A socket that was given up may still say something; nobody listens then.
        const current = (action) => () => {
            if (this.#socket === socket)
                action();
        };
        socket.onopen = current(() => this.#onOpen());
        socket.onmessage = event => {
            if (this.#socket === socket)
                this.#onMessage(event);
        };
        socket.onclose = event => {
            if (this.#socket === socket)
                this.#onClose(event.code);
        };
        this.#startTimer(this.#options.connectTimeoutMs, () => this.#giveUp());
    }
    #onOpen() {
        this.#opened++;
        this.#openedAt = this.#options.surroundings.now();
        this.#become('open');
        this.#waitForHeartbeat();
        this.dispatchEvent(new Event('open'));
        while (this.#state === 'open' && this.#queue.length > 0) {
            this.send(this.#queue.shift());
        }
    }
    #onMessage(event) {
        const answered = this.#options.heartbeatAnswer(event.data);
        if (answered === null) {
            this.#received++;
            this.dispatchEvent(new MessageEvent('message', { data: event.data }));
        }
        else if (answered === this.#heartbeatNumber && this.#heartbeatSentAt !== null) {
            this.#heartbeats.add(this.#options.surroundings.now() - this.#heartbeatSentAt);
            this.#waitForHeartbeat();
        }
    }
    #onClose(code) {
        const wasOpen = this.#state === 'open';
        this.#release();
        if (this.#options.finalCodes.includes(code)) {
            this.#become('closed');
            return;
        }
        if (wasOpen) {
            this.#dropped++;
            const lasted = this.#options.surroundings.now() - this.#openedAt;
            if (lasted >= this.#options.stableAfterMs)
                this.#failuresInRow = 0;
        }
        const wait = backoffMs(this.#failuresInRow++, this.#options.backoff, this.#options.surroundings.random());
        this.#become('waiting');
        this.#startTimer(wait, () => this.#connect());
    }
    /** The connection is silent: it is left to itself, because its close could take minutes. */
    #giveUp() {
        const socket = this.#socket;
        this.#onClose(1006);
        socket.close();
    }
    #waitForHeartbeat() {
        this.#heartbeatSentAt = null;
        this.#startTimer(this.#options.heartbeatIntervalMs, () => {
            this.#heartbeatNumber++;
            this.#heartbeatSentAt = this.#options.surroundings.now();
            this.#socket.send(this.#options.heartbeat(this.#heartbeatNumber));
            this.#startTimer(this.#options.heartbeatTimeoutMs, () => this.#giveUp());
        });
    }
    /** Forgets the socket: none of its events is ours any more. */
    #release() {
        this.#stopTimer();
        const socket = this.#socket;
        this.#socket = null;
        this.#heartbeatSentAt = null;
        return socket;
    }
    #become(state) {
        if (this.#state === state)
            return;
        this.#state = state;
        this.dispatchEvent(new CustomEvent('state', { detail: state }));
    }
    #startTimer(ms, action) {
        this.#stopTimer();
        this.#timer = this.#options.surroundings.setTimeout(action, ms);
    }
    #stopTimer() {
        if (this.#timer !== null)
            this.#options.surroundings.clearTimeout(this.#timer);
        this.#timer = null;
    }
}

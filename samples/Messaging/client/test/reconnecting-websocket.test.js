import assert from 'node:assert/strict';
import test from 'node:test';
import { backoffMs } from '../../wwwroot/client/backoff.js';
import { Latencies } from '../../wwwroot/client/latencies.js';
import { ReconnectingWebSocket, webSocketUrl } from '../../wwwroot/client/reconnecting-websocket.js';
import { FakeSurroundings } from './fakes.js';

const url = 'ws://chat.example.test/ws/ada';

function start(options = {}) {
  const world = new FakeSurroundings();
  const socket = new ReconnectingWebSocket(url, { surroundings: world, ...options });
  const states = [];
  socket.addEventListener('state', event => states.push(event.detail));
  return { world, socket, states };
}

test('a page over TLS gets wss, any other ws', () => {
  assert.equal(webSocketUrl('/ws/a', 'https://x.test/page'), 'wss://x.test/ws/a');
  assert.equal(webSocketUrl('/ws/a', 'http://x.test:8202/page?q#h'), 'ws://x.test:8202/ws/a');
  assert.equal(webSocketUrl('wss://y.test/ws', 'http://x.test/'), 'wss://y.test/ws');
  assert.equal(webSocketUrl('https://y.test/ws#here', 'http://x.test/'), 'wss://y.test/ws');
  assert.throws(() => webSocketUrl('/ws', 'file:///page.html'), TypeError);
});

test('waits double up to the ceiling, and chance spreads their upper half', () => {
  const options = { baseMs: 500, maxMs: 30_000, factor: 2 };
  const least = [0, 1, 2, 3, 6, 7, 100].map(attempt => backoffMs(attempt, options, 0));
  assert.deepEqual(least, [250, 500, 1000, 2000, 15_000, 15_000, 15_000]);
  assert.equal(backoffMs(0, options, 0.5), 375);
  assert.ok(backoffMs(100, options, 0.999_999) <= 30_000);
});

test('an attempt that hangs is given up and followed by another', () => {
  const { world, socket, states } = start();
  world.pass(9_999);
  assert.equal(socket.state, 'connecting');
  world.pass(1);
  assert.equal(socket.state, 'waiting');
  assert.ok(world.sockets[0].isClosed);
  world.pass(250);
  assert.equal(world.sockets.length, 2);
  // What was given up may still open; nobody listens any more.
  world.sockets[0].open();
  assert.equal(socket.state, 'connecting');
  world.socket.open();
  assert.deepEqual(states, ['waiting', 'connecting', 'open']);
});

test('every failure waits longer, and a lasting connection begins anew', () => {
  const { world, socket } = start();
  for (const wait of [250, 500, 1000]) {
    world.socket.drop();
    const attempts = world.sockets.length;
    world.pass(wait - 1);
    assert.equal(world.sockets.length, attempts);
    world.pass(1);
    assert.equal(world.sockets.length, attempts + 1);
  }
  world.socket.open();
  world.pass(5_000);
  world.socket.drop();
  world.pass(250);
  assert.equal(socket.state, 'connecting');
  assert.equal(socket.report().droppedCount, 1);
});

test('a connection that breaks at once does not begin anew', () => {
  const { world, socket } = start();
  world.socket.drop();
  world.pass(250);
  world.socket.open();
  world.pass(4_999);
  world.socket.drop();
  world.pass(499);
  assert.equal(socket.state, 'waiting');
  world.pass(1);
  assert.equal(socket.state, 'connecting');
});

test('a heartbeat that is answered is measured, and no message', () => {
  const { world, socket } = start();
  const messages = [];
  socket.addEventListener('message', event => messages.push(event.data));
  world.socket.open();
  world.pass(25_000);
  assert.deepEqual(world.socket.sent, ['{"type":"ping","id":"1"}']);
  world.pass(40);
  world.socket.receive('{"type":"pong","id":"1"}');
  world.socket.receive('a message');
  assert.deepEqual(messages, ['a message']);
  assert.deepEqual(socket.report().heartbeatMs, { count: 1, p50: 40, p95: 40, max: 40 });
  world.pass(25_000);
  assert.equal(world.socket.sent.length, 2);
});

test('a heartbeat without an answer means the connection is dead', () => {
  const { world, socket } = start();
  world.socket.open();
  world.pass(25_000);
  // A late answer to an earlier heartbeat proves nothing about this one.
  world.socket.receive('{"type":"pong","id":"0"}');
  world.pass(9_999);
  assert.equal(socket.state, 'open');
  world.pass(1);
  assert.equal(socket.state, 'waiting');
  assert.ok(world.socket.isClosed);
  assert.equal(socket.report().droppedCount, 1);
});

test('what is sent without a connection is sent after the next, in order', () => {
  const { world, socket } = start({ queueMax: 2 });
  assert.equal(socket.send('one'), true);
  assert.equal(socket.send('two'), true);
  assert.equal(socket.send('three'), false);
  assert.equal(socket.report().refusedCount, 1);
  const order = [];
  socket.addEventListener('open', () => order.push(...world.socket.sent, 'opened'));
  world.socket.open();
  assert.deepEqual(order, ['opened']);
  socket.send('four');
  assert.deepEqual(world.socket.sent, ['one', 'two', 'four']);
  assert.deepEqual([socket.report().sentCount, socket.report().queuedCount], [3, 0]);
});

test('a final code ends it, any other does not', () => {
  for (const code of [1000, 1008, 4401]) {
    const { world, socket } = start();
    world.socket.open();
    world.socket.drop(code);
    assert.equal(socket.state, 'closed');
    assert.equal(world.timersCount, 0);
    assert.equal(socket.send('late'), false);
  }
  for (const code of [1001, 1006, 1012]) {
    const { world, socket } = start();
    world.socket.open();
    world.socket.drop(code);
    assert.equal(socket.state, 'waiting');
  }
});

test('closing ends everything', () => {
  const { world, socket } = start();
  world.socket.open();
  const last = world.socket;
  socket.close();
  assert.equal(last.closedWith, 1000);
  assert.equal(world.timersCount, 0);
  world.pass(100_000);
  assert.equal(world.sockets.length, 1);
});

test('a wait can be cut short', () => {
  const { world, socket } = start();
  for (let failure = 0; failure < 6; failure++) {
    world.socket.drop();
    world.pass(30_000);
  }
  world.socket.drop();
  const attempts = world.sockets.length;
  socket.reconnectNow();
  assert.equal(world.sockets.length, attempts + 1);
  socket.reconnectNow();
  assert.equal(world.sockets.length, attempts + 1);
  assert.equal(world.timersCount, 1);
});

test('the URL is asked for again with each attempt', () => {
  const world = new FakeSurroundings();
  let token = 0;
  new ReconnectingWebSocket(() => `${url}?token=${++token}`, { surroundings: world });
  world.socket.drop();
  world.pass(1_000);
  assert.deepEqual(world.sockets.map(socket => socket.url), [`${url}?token=1`, `${url}?token=2`]);
});

test('percentiles are of the latest latencies', () => {
  const latencies = new Latencies(100);
  assert.deepEqual(latencies.summary(), { count: 0, p50: 0, p95: 0, max: 0 });
  for (let ms = 1000; ms > 0; ms--) latencies.add(ms);
  assert.deepEqual(latencies.summary(), { count: 1000, p50: 50, p95: 95, max: 100 });
});

// How connections end, and what both sides call it.
import assert from 'node:assert/strict';
import { connect, logged, once, open, play, settle, until } from './scenario.mjs';

async function ends(end, atClient, atServer) {
  const socket = await connect();
  const other = await connect('/', { transports: ['websocket'] });
  other.io.engine.on('pong', () => {});
  await other.emitWithAck('log');
  await socket.emitWithAck('join', ['r']);
  const gone = once(socket, 'disconnect');
  await end(socket);
  assert.equal((await gone)[0], atClient);
  const lines = await logged(other, `disconnect / ${atServer} 0`);
  assert.deepEqual(lines.filter(line => line.startsWith('disc')),
    [`disconnecting / ${atServer} 2`, `disconnect / ${atServer} 0`]);
  other.disconnect();
}

await play({
  async reasons() {
    await ends(socket => socket.disconnect(), 'io client disconnect', 'client namespace disconnect');
    await ends(socket => socket.emit('kick', false), 'io server disconnect', 'server namespace disconnect');
    await ends(socket => socket.emit('kick', true), 'io server disconnect', 'server namespace disconnect');
    await ends(socket => socket.io.engine.close(), 'forced close', 'transport close');
    await ends(socket => socket.io.engine.write('9 no packet'), 'transport close', 'forced close');
  },

  async a_broken_websocket() {
    await ends(socket => socket.io.engine.transport.ws.terminate(), 'transport close', 'transport close');
    await ends(socket => socket.io.engine.transport.ws.send('9'), 'transport close', 'parse error');
    await ends(socket => socket.io.engine.transport.ws.send('2'), 'transport close', 'transport error');
    await ends(socket => socket.io.engine.transport.ws.send('4' + 'x'.repeat(1_000_001)), 'transport close', 'transport error');
  },

  async a_client_that_answers_no_ping() {
    const socket = await connect();
    const other = await connect();
    await other.emitWithAck('log');
    const gone = once(socket, 'disconnect');
    const write = socket.io.engine._sendPacket;
    socket.io.engine._sendPacket = function (type, ...rest) {
      if (type !== 'pong') {
        write.call(this, type, ...rest);
      }
    };
    assert.equal((await gone)[0], 'transport close');
    await logged(other, 'disconnect / ping timeout 0');
    // Three heartbeats more and the one who answers is there.
    await once(other.io.engine, 'ping');
    await once(other.io.engine, 'ping');
    assert.equal(other.connected, true);
  },

  async a_client_that_joins_nothing({ url }) {
    const { Socket } = await import('engine.io-client');
    const engine = new Socket(url, { path: '/socket.io/', transports: ['websocket'] });
    const started = Date.now();
    await new Promise(resolve => engine.once('close', resolve));
    assert.ok(Date.now() - started >= 250, 'too early');
    const joined = await connect();
    await once(joined.io.engine, 'ping');
    await once(joined.io.engine, 'ping');
    assert.equal(joined.connected, true);
  },

  async refused_handshakes({ url }) {
    const socket = await connect();
    assert.equal((await fetch(`${url}/socket.io/?EIO=4&transport=none`)).status, 400);
    assert.equal((await fetch(`${url}/socket.io/?EIO=4&transport=polling&sid=none`)).status, 400);
    assert.equal((await fetch(`${url}/socket.io/?EIO=9&transport=polling`)).status, 400);
    const lines = await logged(socket, 'connection_error 5');
    assert.deepEqual(lines.filter(line => line.startsWith('connection_error')),
      ['connection_error 0', 'connection_error 1', 'connection_error 5']);
  },

  async a_server_that_shuts_down() {
    const socket = open('/', { reconnection: true, reconnectionDelay: 20, reconnectionDelayMax: 20 });
    await once(socket, 'connect');
    const gone = once(socket, 'disconnect');
    const again = once(socket.io, 'reconnect_attempt');
    const isPolling = socket.io.engine.transport.name === 'polling';
    socket.emit('shutdown');
    // A poll that waits is told of the end; one that is just on its way finds no session, with
    // either server. Never is it a disconnection by the server.
    assert.match((await gone)[0], isPolling ? /^transport (close|error)$/ : /^transport close$/);
    // A client that was told "io server disconnect" would not try.
    await again;
  },

  async it_upgrades() {
    const socket = open();
    await once(socket, 'connect');
    await until(() => socket.io.engine.transport.name === 'websocket');
    assert.equal(await socket.emitWithAck('echo', 1), 1);
    await settle(socket);
  },
});

// Events, answers and attachments.
import assert from 'node:assert/strict';
import { collect, connect, logged, once, play, settle } from './scenario.mjs';

const values = [1, 'two', { three: [3, null, { x: 'ü€😀' }] }, null, true, '', 0.5, [], {}];
const bytes = count => Array.from({ length: count }, (_, at) => Buffer.from([at]));

await play({
  async both_ways() {
    const socket = await connect();
    socket.emit('echo', ...values);
    assert.deepEqual(await once(socket, 'echo'), values);
    socket.emit('echo');
    assert.deepEqual(await once(socket, 'echo'), []);
    const text = 'ü'.repeat(200_000);
    assert.equal(await socket.emitWithAck('echo', text), text);
  },

  async answers() {
    const socket = await connect();
    assert.deepEqual(await socket.emitWithAck('echo', values), values);
    const all = await new Promise(resolve => socket.emit('echo', 1, 2, (...answer) => resolve(answer)));
    assert.deepEqual(all, [1, 2]);
    await assert.rejects(socket.timeout(50).emitWithAck('never'), /operation has timed out/);
    socket.once('q', (a, b, answer) => answer({ sum: a + b }));
    assert.deepEqual(await ask(socket, 1000, 1, 2), ['ok', { sum: 3 }]);
    socket.once('q', answer => answer(Buffer.from([1])));
    assert.deepEqual(await ask(socket, null), ['ok', Buffer.from([1])]);
    socket.once('q', answer => answer());
    assert.equal((await ask(socket, 1000))[1] ?? null, null);
    socket.once('q', () => {});
    assert.deepEqual(await ask(socket, 50), ['error', 'operation has timed out', null]);
    socket.once('q', answer => { answer(1); answer(2); });
    assert.deepEqual(await ask(socket, 1000), ['ok', 1]);
    assert.deepEqual(await Promise.all(
      Array.from({ length: 200 }, (_, at) => socket.emitWithAck('echo', at))),
    Array.from({ length: 200 }, (_, at) => at));

    function ask(client, timeout, ...questions) {
      return new Promise(resolve =>
        client.emit('ask', timeout, ...questions, (...answer) => resolve(answer)));
    }
  },

  async attachments() {
    const socket = await connect();
    const nested = { a: [Buffer.from([1, 2]), { b: Buffer.alloc(0) }], c: Buffer.alloc(100_000, 7) };
    assert.deepEqual(await socket.emitWithAck('echo', nested), nested);
    const typed = await socket.emitWithAck('echo', new Uint8Array([5, 6]), new Uint8Array([7]).buffer);
    // MessagePack has both kinds of binary.
    assert.deepEqual(Buffer.from(typed), Buffer.from([5, 6]));
    socket.emit('echo', 'x', ...bytes(10));
    assert.deepEqual(await once(socket, 'echo'), ['x', ...bytes(10)]);
  },

  async too_many_attachments_to_the_server() {
    const socket = await connect();
    const other = await connect();
    const gone = once(socket, 'disconnect');
    socket.emit('echo', ...bytes(11));
    assert.deepEqual((await gone)[0], 'transport close');
    const lines = await logged(other, 'disconnect / forced close 0');
    assert.ok(lines.includes('error too many attachments'), lines.join('\n'));
  },

  async too_many_attachments_to_the_client() {
    const socket = await connect();
    const gone = once(socket, 'disconnect');
    // Ten to the server, eleven back: the room answers with one more.
    socket.emit('broadcast', {}, 'much', ...bytes(5), ...bytes(5));
    assert.equal((await once(socket, 'much')).length, 10);
    socket.emit('eleven');
    assert.equal((await gone)[0], 'parse error');
  },

  async order() {
    const socket = await connect();
    const got = collect(socket, 'echo');
    for (let at = 0; at < 1000; at++) {
      socket.emit('echo', at, at % 7 === 0 ? Buffer.from([at % 256]) : null);
    }
    await settle(socket);
    assert.deepEqual(got.map(([at]) => at), Array.from({ length: 1000 }, (_, at) => at));
    assert.deepEqual(got[7][1], Buffer.from([7]));
  },

  async any() {
    const socket = await connect();
    await socket.emitWithAck('log');
    await socket.emitWithAck('any');
    socket.emit('echo', 1);
    await once(socket, 'echo');
    await socket.emitWithAck('stop');
    socket.emit('echo', 1);
    await once(socket, 'echo');
    assert.deepEqual(await socket.emitWithAck('log'), [
      'first echo', 'any echo 1', 'out echo', 'first stop', 'any stop 0', 'any echo 1', 'any log 0']);
  },

  async middleware() {
    const socket = await connect();
    await socket.emitWithAck('log');
    await socket.emitWithAck('use');
    socket.emit('refused');
    assert.equal(await socket.emitWithAck('echo', 1), 1);
    assert.deepEqual(await logged(socket, 'error not this'), ['error not this']);
  },

  async handshake() {
    const socket = await connect('/', { auth: { token: 'secret' }, query: { x: 'a b' }, extraHeaders: { 'x-test': 'yes' } });
    assert.deepEqual(await socket.emitWithAck('handshake'), {
      auth: { token: 'secret' }, x: 'a b', header: 'yes', isCross: false, isSecure: false });
    const late = await connect('/', { auth: answer => setTimeout(() => answer({ token: 'late' }), 5) });
    assert.equal((await late.emitWithAck('handshake')).auth.token, 'late');
    assert.notEqual(socket.id, socket.io.engine.id);
    assert.match(socket.id, /^[\w-]{20}$/);
  },
});

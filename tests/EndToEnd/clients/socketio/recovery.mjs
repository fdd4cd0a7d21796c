// Connection state recovery.
import assert from 'node:assert/strict';
import { collect, connect, logged, once, play, settle } from './scenario.mjs';

async function lose(socket) {
  const gone = once(socket, 'disconnect');
  socket.io.engine.close();
  await gone;
}

async function regain(socket) {
  const back = once(socket, 'connect');
  socket.connect();
  await back;
}

await play({
  async what_was_missed_comes_back() {
    const socket = await connect();
    const other = await connect();
    const id = socket.id;
    await socket.emitWithAck('join', ['r']);
    await socket.emitWithAck('data', { user: { name: 'ü' } });
    socket.emit('echo', 'first');
    await once(socket, 'echo');
    await lose(socket);
    await logged(other, 'disconnect / transport close 0');
    const missed = collect(socket, 'e');
    other.emit('broadcast', { to: ['r'] }, 'e', 1);
    other.emit('broadcast', { to: ['elsewhere'] }, 'e', 'not for us');
    other.emit('broadcast', { except: ['r'] }, 'e', 'not for us either');
    other.emit('broadcast', {}, 'e', Buffer.from([2]));
    other.emit('broadcast', { flags: ['volatile'] }, 'e', 'fleeting');
    other.emit('broadcast', { to: [id] }, 'e', 3);
    await settle(other);
    await regain(socket);
    await settle(socket);
    assert.equal(socket.recovered, true);
    assert.equal(socket.id, id);
    assert.deepEqual(missed.map(([value]) => value), [1, Buffer.from([2]), 3]);
    const [me, recovered] = await new Promise(resolve =>
      socket.emit('me', (...answer) => resolve(answer)));
    assert.deepEqual(me, { id, rooms: ['r'], data: { user: { name: 'ü' } } });
    assert.equal(recovered, true);
    other.emit('broadcast', { to: ['r'] }, 'e', 4);
    await settle(other);
    await settle(socket);
    assert.equal(missed.length, 4);
    await lose(socket);
    other.emit('broadcast', { to: ['r'] }, 'e', 5);
    await settle(other);
    await regain(socket);
    await settle(socket);
    assert.equal(socket.recovered, true);
    assert.equal(missed[4][0], 5);
  },

  async who_left_begins_anew() {
    for (const leave of [
      socket => socket.disconnect(),
      socket => socket.emit('kick', false),
    ]) {
      const socket = await connect();
      const id = socket.id;
      socket.emit('echo', 'first');
      await once(socket, 'echo');
      const gone = once(socket, 'disconnect');
      leave(socket);
      await gone;
      await regain(socket);
      assert.equal(socket.recovered, false);
      assert.notEqual(socket.id, id);
    }
  },

  async middlewares_run_again() {
    const socket = await connect();
    const other = await connect();
    await other.emitWithAck('log');
    socket.emit('echo', 'first');
    await once(socket, 'echo');
    await lose(socket);
    const lines = await logged(other, 'disconnect / transport close 0');
    await regain(socket);
    assert.equal(socket.recovered, true);
    assert.ok((await logged(other, 'checked true')).includes('checked true'), lines.join('\n'));
  },
});

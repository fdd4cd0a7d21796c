// Connection state recovery.
import assert from 'node:assert/strict';
import { collect, connect, logged, once, play, settle, until } from './scenario.mjs';

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

  async a_storm() {
    const count = 600;
    const other = await connect('/', { transports: ['websocket'] });
    const clients = await Promise.all(Array.from({ length: 12 }, () => connect()));
    const got = clients.map(client => collect(client, 'n'));
    await Promise.all(clients.map(client => client.emitWithAck('join', ['r'])));
    other.emit('broadcast', { to: ['r'] }, 'n', 0);
    await Promise.all(got.map(all => until(() => all.length === 1)));
    let isOver = false;
    const losing = clients.map(async (client, at) => {
      while (!isOver) {
        await new Promise(resolve => setTimeout(resolve, (at * 7) % 20));
        const { id } = client;
        await lose(client);
        // The server has noticed too.
        await until(() => new Promise(resolve => other.emit(
          'fetch', { to: [id] }, (status, sockets) => resolve(sockets.length === 0))));
        await regain(client);
        assert.equal(client.recovered, true);
      }
    });
    for (let n = 1; n < count; n++) {
      other.emit('broadcast', { to: ['r'] }, 'n', n);
      if (n % 10 === 0) {
        await settle(other);
      }
    }
    isOver = true;
    await Promise.all(losing);
    await Promise.all(clients.map(settle));
    const all = Array.from({ length: count }, (_, at) => at);
    got.forEach(numbers => assert.deepEqual(numbers.map(([n]) => n), all));
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

// Rooms, operators, and what is done to many sockets at once.
import assert from 'node:assert/strict';
import { collect, connect, logged, once, play, settle } from './scenario.mjs';

const names = ['a', 'b', 'c', 'd'];
// a: r, b: r and s, c: s and t, d: none.
const rooms = { a: ['r'], b: ['r', 's'], c: ['s', 't'], d: [] };

async function four() {
  const all = {};
  for (const name of names) {
    all[name] = await connect();
    await all[name].emitWithAck('join', rooms[name]);
    await all[name].emitWithAck('data', { name });
  }
  return all;
}

/** Who hears a broadcast that a asks for. */
async function hears(all, how) {
  const heard = [];
  const listeners = names.map(name => [name, () => heard.push(name)]);
  listeners.forEach(([name, listener]) => all[name].on('e', listener));
  all.a.emit('broadcast', how, 'e');
  await settle(all.a);
  await Promise.all(names.map(name => settle(all[name])));
  listeners.forEach(([name, listener]) => all[name].off('e', listener));
  return heard.sort().join('');
}

const found = ([status, sockets]) => {
  assert.equal(status, 'ok');
  return sockets.map(one => one.data.name).sort().join('');
};
const ask = (socket, ...values) => new Promise(resolve =>
  socket.emit(...values, (...answer) => resolve(answer)));

await play({
  async broadcasts() {
    const all = await four();
    const cases = [
      [{}, 'abcd'],
      [{ to: ['r'] }, 'ab'],
      [{ to: ['r', 's'] }, 'abc'],
      [{ to: ['nobody'] }, ''],
      [{ except: ['r'] }, 'cd'],
      [{ to: ['r', 's'], except: ['t'] }, 'ab'],
      [{ to: ['s'], except: ['r', 't'] }, ''],
      [{ to: [all.d.id, 't'] }, 'cd'],
      [{ except: [all.d.id] }, 'abc'],
      [{ from: 'socket', flags: ['broadcast'] }, 'bcd'],
      [{ from: 'socket', to: ['r'] }, 'b'],
      [{ from: 'socket', to: ['r', 's'], except: ['t'] }, 'b'],
      [{ from: 'socket', except: ['s'] }, 'd'],
      [{ flags: ['local'], to: ['r'] }, 'ab'],
      [{ from: 'socket', flags: ['local'] }, 'bcd'],
      [{ flags: ['compress'], to: ['s'] }, 'bc'],
      [{ from: 'socket' }, 'a'],
    ];
    for (const [how, expected] of cases) {
      assert.equal(await hears(all, how), expected, JSON.stringify(how));
    }
    await all.b.emitWithAck('leave', 'r');
    assert.equal(await hears(all, { to: ['r'] }), 'a');
    const wide = collect(all.b, 'wide');
    all.a.emit('broadcast', { to: ['s'] }, 'wide', { x: Buffer.from([1]) }, 'ü');
    await settle(all.a);
    await settle(all.b);
    assert.deepEqual(wide, [[{ x: Buffer.from([1]) }, 'ü']]);
  },

  async questions() {
    const all = await four();
    for (const name of names) {
      all[name].on('who', answer => answer(name));
    }
    const [status, answers] = await ask(all.a, 'question', { to: ['r', 's'] }, 2000, 'who');
    assert.deepEqual([status, answers.sort()], ['ok', ['a', 'b', 'c']]);
    assert.deepEqual(await ask(all.a, 'question', { to: ['nobody'] }, 2000, 'who'), ['ok', []]);
    all.c.off('who');
    assert.deepEqual(await ask(all.a, 'question', { to: ['t'] }, 50, 'who'),
      ['error', 'operation has timed out', []]);
    assert.deepEqual(await ask(all.a, 'remote', { to: ['r'], except: ['s'] }, 'who'), ['ok', 'a']);
  },

  async many_at_once() {
    const all = await four();
    assert.equal(found(await ask(all.a, 'fetch', {})), 'abcd');
    assert.equal(found(await ask(all.a, 'fetch', { to: ['r', 's'], except: ['t'] })), 'ab');
    const [, [d]] = await ask(all.a, 'fetch', { to: [all.d.id] });
    assert.deepEqual(d, { id: all.d.id, rooms: [], data: { name: 'd' } });
    await all.a.emitWithAck('socketsJoin', { to: ['s'] }, ['new', 'newer']);
    assert.equal(await hears(all, { to: ['new'] }), 'bc');
    await all.a.emitWithAck('socketsLeave', { to: ['t'] }, ['new', 'unknown']);
    assert.equal(await hears(all, { to: ['new'] }), 'b');
    assert.equal(await hears(all, { to: ['newer'] }), 'bc');
    const gone = Promise.all([once(all.b, 'disconnect'), once(all.c, 'disconnect')]);
    all.a.emit('disconnectSockets', { to: ['newer'] }, false);
    assert.deepEqual((await gone).map(([reason]) => reason),
      ['io server disconnect', 'io server disconnect']);
    const closed = once(all.d, 'disconnect');
    all.a.emit('disconnectSockets', { to: [all.d.id] }, true);
    assert.equal((await closed)[0], 'io server disconnect');
    assert.equal(found(await ask(all.a, 'fetch', {})), 'a');
    const lines = await logged(all.a, 'disconnect / server namespace disconnect 0');
    assert.ok(lines.includes('disconnecting / server namespace disconnect 5'), lines.join('\n'));
    assert.equal(await hears({ ...all, b: all.a, c: all.a, d: all.a }, { to: ['s'] }), '');
  },
});

// Namespaces, those that there are and those that come when somebody asks for them.
import assert from 'node:assert/strict';
import { Manager } from 'socket.io-client';
import { connect, logged, once, open, parsing, play, until } from './scenario.mjs';

await play({
  async several_on_one_connection({ url, transports }) {
    const manager = new Manager(url, {
      transports: transports.split(','), reconnection: false, ...parsing });
    const main = manager.socket('/');
    const custom = manager.socket('/custom');
    const unknown = manager.socket('/unknown');
    const refused = once(unknown, 'connect_error');
    await Promise.all([once(main, 'connect'), once(custom, 'connect')]);
    assert.equal((await refused)[0].message, 'Invalid namespace');
    assert.notEqual(main.id, custom.id);
    await custom.emitWithAck('join', ['r']);
    assert.equal(await main.emitWithAck('echo', 1), 1);
    let heard = false;
    main.on('e', () => { heard = true; });
    main.emit('broadcast', { to: ['r'] }, 'e');
    custom.emit('broadcast', { to: ['r'] }, 'e');
    await once(custom, 'e');
    await main.emitWithAck('echo');
    assert.equal(heard, false);
    custom.disconnect();
    await logged(main, 'disconnect /custom client namespace disconnect 0');
    assert.equal(main.connected, true);
    custom.connect();
    await once(custom, 'connect');
    const gone = once(custom, 'disconnect');
    custom.emit('kick', false);
    assert.equal((await gone)[0], 'io server disconnect');
    assert.equal(await main.emitWithAck('echo', 2), 2);
    main.emit('kick', true);
    assert.equal((await once(main, 'disconnect'))[0], 'io server disconnect');
    await until(() => manager.engine.readyState === 'closed');
  },

  async a_middleware_refuses_and_lets_in() {
    const socket = open('/guarded');
    const [error] = await once(socket, 'connect_error');
    assert.deepEqual([error.message, error.data], ['not authorized', { wanted: 'token' }]);
    assert.equal(socket.connected, false);
    assert.equal(socket.active, false);
    socket.auth = { token: 'yes' };
    socket.connect();
    await once(socket, 'connect');
    assert.equal(await socket.emitWithAck('echo', 1), 1);
  },

  async dynamic() {
    const watcher = await connect();
    const before = await watcher.emitWithAck('namespaces');
    const one = await connect('/dyn-1');
    const two = await connect('/dyn-2');
    const again = await connect('/dyn-1');
    const lines = await logged(watcher, 'new /dyn-2');
    assert.deepEqual(lines, ['new /custom', 'new /guarded', 'new /dyn-1', 'new /dyn-2']);
    for (const wrong of ['/dyn-x', '/xdyn-1', '/fn-1']) {
      assert.equal((await once(open(wrong), 'connect_error'))[0].message, 'Invalid namespace');
    }
    const by = await connect('/fn-1', { auth: { token: 'yes' } });
    assert.equal(await by.emitWithAck('echo', 'x'), 'x');
    const heard = Promise.all([once(one, 'e'), once(two, 'e'), once(again, 'e')]);
    watcher.emit('parent', 'e', 1);
    assert.deepEqual(await heard, [[1], [1], [1]]);
    assert.deepEqual(await watcher.emitWithAck('namespaces'),
      [...before, '/dyn-1', '/dyn-2', '/fn-1'].sort());
    for (const socket of [one, two, again, by]) {
      socket.disconnect();
    }
    await until(async () =>
      (await watcher.emitWithAck('namespaces')).join() === before.join());
    assert.equal(await (await connect('/dyn-1')).emitWithAck('echo', 1), 1);
  },
});

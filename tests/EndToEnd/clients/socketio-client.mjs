// socket.io-client 4.8 through a proxy. Usage:
//   socketio-client.mjs URL PATH polling|websocket|upgrade ADDRESS[,ADDRESS...] [NAMESPACE]
// One client for each source address, all at once. Prints the id of the instance that served each,
// after all they did was right.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { io } from 'socket.io-client';

const [url, path, mode, addresses, namespace = ''] = process.argv.slice(2);
const transports = { polling: ['polling'], websocket: ['websocket'], upgrade: ['polling', 'websocket'] };

async function talk(localAddress) {
  const socket = io(url + namespace, {
    path,
    transports: transports[mode],
    agent: new http.Agent({ keepAlive: true, localAddress }),
    reconnection: false,
    forceNew: true,
  });
  socket.on('connect_error', error => {
    const cause = JSON.stringify(error.description ?? '');
    console.error(`${localAddress}: connect_error: ${error.message} ${cause}`);
    process.exit(1);
  });
  const upgraded = mode === 'upgrade'
    ? new Promise(resolve => socket.io.once('open', () => socket.io.engine.once('upgrade', resolve)))
    : Promise.resolve();
  await once(socket, 'connect');
  await upgraded;
  const transport = socket.io.engine.transport.name;
  assert.equal(transport, mode === 'polling' ? 'polling' : 'websocket');

  const id = await socket.emitWithAck('whoami');
  for (let i = 0; i < 10; i++) {
    assert.equal(await socket.emitWithAck('whoami'), id);
  }
  const text = 'ü'.repeat(5000);
  assert.equal(await socket.emitWithAck('echo', text), text);
  const bytes = Buffer.alloc(100_000, 3);
  assert.deepEqual(await socket.emitWithAck('echo', { bytes }), { bytes });
  const said = new Promise(resolve =>
    socket.on('said', words => words.endsWith(localAddress) && resolve(words)));
  socket.emit('say', `I am ${localAddress}`);
  assert.equal(await said, `${id}: I am ${localAddress}`);

  // Two heartbeats of the server have to pass through.
  for (let beats = 0; beats < 2; beats++) {
    await once(socket.io.engine, 'ping');
  }

  const gone = once(socket, 'disconnect');
  socket.emit('leave');
  assert.equal((await gone)[0], 'io server disconnect');
  socket.io.engine.close();
  return id;
}

const ids = await Promise.all(addresses.split(',').map(talk));
console.log(ids.join(' '));
process.exit(0);

// The official Socket.IO server with @socket.io/admin-ui, as the tests of the admin UI want it.
//   node admin-server.mjs MODE READONLY [REDIS-PORT [SESSIONS]]
// With a word for SESSIONS the sessions of admins are kept in Redis, by the client of version 3 that
// the store is made for.
// Answers "listening PORT", and ends with its standard input.
import http from 'node:http';
import { instrument, RedisStore } from '@socket.io/admin-ui';
import { createAdapter } from '@socket.io/redis-adapter';
import bcrypt from 'bcryptjs';
import { createClient } from 'redis';
import { createClient as createOldClient } from 'redis-3';
import { Server } from 'socket.io';

const [mode, readonly, redisPort, sessions] = process.argv.slice(2);
const server = http.createServer();
const options = {};
if (redisPort) {
  const pub = createClient({ url: `redis://127.0.0.1:${redisPort}` });
  const sub = pub.duplicate();
  await Promise.all([pub.connect(), sub.connect()]);
  options.adapter = createAdapter(pub, sub);
}
const io = new Server(server, options);
instrument(io, {
  auth: { type: 'basic', username: 'admin', password: bcrypt.hashSync('secret', 4) },
  ...sessions && { store: new RedisStore(createOldClient(+redisPort, '127.0.0.1')) },
  mode, readonly: readonly === 'true', serverId: 'node-server',
});
io.on('connection', socket => {
  socket.join('room1');
  socket.on('hi', value => socket.emit('yo', value));
  socket.on('bin', bytes => socket.emit('bin', bytes));
  socket.on('who', name => { socket.data.user = name; });
  socket.on('dynamic', answer => answer(1));
});
io.of(/^\/dyn-\d+$/).on('connection', socket => socket.on('hi', () => socket.join('inner')));
server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
process.stdin.on('close', () => process.exit(0)).resume();

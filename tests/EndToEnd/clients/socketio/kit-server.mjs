// The official Socket.IO server with handlers that do what a client asks for; SocketIOKit.cs has
// the same ones on Sluice.SocketIO. Usage: kit-server.mjs VARIANT. Prints its port.
// It ends with its standard input.
import http from 'node:http';
import { Server } from 'socket.io';
import * as msgpack from 'socket.io-msgpack-parser';

const variants = {
  plain: {},
  msgpack: { parser: msgpack },
  quick: { pingInterval: 300, pingTimeout: 200, connectTimeout: 300 },
  recovery: { connectionStateRecovery: { maxDisconnectionDuration: 60000 } },
  checked: {
    connectionStateRecovery: { maxDisconnectionDuration: 60000, skipMiddlewares: false },
  },
};
const variant = process.argv[2];
const log = [];
const server = http.createServer();
const io = new Server(server, { cleanupEmptyChildNamespaces: true, ...variants[variant] });

io.engine.on('connection_error', error => log.push(`connection_error ${error.code}`));
io.on('new_namespace', space => log.push(`new ${space.name}`));
const spaces = [io.of('/'), io.of('/custom'), io.of('/guarded'), io.of(/^\/dyn-\d+$/),
  io.of((name, auth, next) => next(null, name.startsWith('/fn-') && auth.token === 'yes'))];
for (const space of spaces) {
  space.on('connection', serve);
}
io.of('/guarded').use((socket, next) => {
  const error = new Error('not authorized');
  error.data = { wanted: 'token' };
  next(socket.handshake.auth.token === 'yes' ? undefined : error);
});
if (variant === 'checked') {
  io.use((socket, next) => {
    log.push(`checked ${socket.recovered}`);
    setTimeout(next, 20);
  });
}

function chosen(socket, how) {
  const { from, to = [], except = [], flags = [] } = how;
  let target = from === 'socket' ? socket : socket.nsp;
  for (const flag of flags) {
    target = flag === 'compress' ? target.compress(false) : target[flag];
  }
  target = to.length > 0 ? target.to(to) : target;
  return except.length > 0 ? target.except(except) : target;
}

async function attempt(answer, action) {
  try {
    answer('ok', await action());
  } catch (error) {
    answer('error', error.message, error.responses ?? null);
  }
}

function serve(socket) {
  const name = socket.nsp.name;
  const described = one => (
    { id: one.id, rooms: [...one.rooms].filter(room => room !== one.id).sort(), data: one.data });
  socket.on('disconnecting', reason => log.push(`disconnecting ${name} ${reason} ${socket.rooms.size}`));
  socket.on('disconnect', reason => log.push(`disconnect ${name} ${reason} ${socket.rooms.size}`));
  socket.on('error', error => log.push(`error ${error.message}`));
  socket.on('echo', (...values) => {
    const answer = typeof values.at(-1) === 'function' ? values.pop() : null;
    answer ? answer(...values) : socket.emit('echo', ...values);
  });
  socket.on('never', () => {});
  socket.on('refused', () => log.push('refused, but handled'));
  socket.on('ask', (timeout, ...values) => {
    const answer = values.pop();
    attempt(answer, () => (timeout ? socket.timeout(timeout) : socket).emitWithAck('q', ...values));
  });
  socket.on('join', (rooms, answer) => { socket.join(rooms); answer(); });
  socket.on('leave', (room, answer) => { socket.leave(room); answer(); });
  socket.on('data', (data, answer) => { Object.assign(socket.data, data); answer(); });
  socket.on('me', answer => answer(described(socket), socket.recovered));
  socket.on('handshake', answer => answer({
    auth: socket.handshake.auth, x: socket.handshake.query.x, header: socket.handshake.headers['x-test'],
    isCross: socket.handshake.xdomain, isSecure: socket.handshake.secure,
  }));
  socket.on('broadcast', (how, ...values) => chosen(socket, how).emit(...values));
  socket.on('question', (how, timeout, event, answer) =>
    attempt(answer, () => chosen(socket, how).timeout(timeout).emitWithAck(event)));
  socket.on('fetch', (how, answer) => attempt(answer, async () =>
    (await chosen(socket, how).fetchSockets()).map(described)));
  socket.on('remote', (how, event, answer) => attempt(answer, async () => {
    const [remote] = await chosen(socket, how).fetchSockets();
    return remote.timeout(1000).emitWithAck(event);
  }));
  socket.on('socketsJoin', (how, rooms, answer) => { chosen(socket, how).socketsJoin(rooms); answer(); });
  socket.on('socketsLeave', (how, rooms, answer) => { chosen(socket, how).socketsLeave(rooms); answer(); });
  socket.on('disconnectSockets', (how, close) => chosen(socket, how).disconnectSockets(close));
  socket.on('eleven', () => socket.emit('much', ...Array.from({ length: 11 }, () => Buffer.alloc(1))));
  socket.on('kick', close => socket.disconnect(close));
  socket.on('use', answer => {
    socket.use(([event], next) => next(event === 'refused' ? new Error('not this') : undefined));
    answer();
  });
  socket.on('any', answer => {
    const first = event => log.push(`first ${event}`);
    socket.onAny((event, ...values) => log.push(`any ${event} ${values.filter(one => typeof one !== 'function').length}`));
    socket.prependAny(first);
    socket.onAnyOutgoing(event => log.push(`out ${event}`));
    socket.once('stop', stopped => { socket.offAny(first).offAnyOutgoing(); stopped(); });
    answer();
  });
  socket.on('namespaces', answer => answer([...io._nsps.keys()].sort()));
  socket.on('log', answer => answer(log.splice(0)));
  socket.on('parent', (...values) => spaces[3].emit(...values));
  socket.on('shutdown', () => io.close());
}

server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
process.stdin.on('end', () => process.exit(0)).resume();

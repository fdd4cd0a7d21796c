// The official Socket.IO server, as the golden cases want it. Commands on its standard input:
//   start VARIANT     answers "listening NUMBER PORT"
//   stop NUMBER       answers "stopped NUMBER"
//   mark TEXT         answers "marked TEXT", behind what was told before
// What its sockets see is told as "log NUMBER TEXT". It ends with its standard input.
import http from 'node:http';
import { createInterface } from 'node:readline';
import { Server } from 'socket.io';
import * as msgpack from 'socket.io-msgpack-parser';

const small = {
  maxHttpBufferSize: 1000,
  allowRequest: (request, decide) => decide(
    new URL(request.url, 'http://x').searchParams.has('deny') ? 'custom deny' : null,
    !new URL(request.url, 'http://x').searchParams.has('deny')),
};
const variants = {
  main: { ...small, cookie: true, cors: { origin: 'https://ex.am', credentials: true } },
  plain: {},
  quick: { pingInterval: 300, pingTimeout: 200, upgradeTimeout: 200, connectTimeout: 200 },
  recovery: { connectionStateRecovery: { maxDisconnectionDuration: 120000, skipMiddlewares: true } },
  eio3: { allowEIO3: true },
  msgpack: { parser: msgpack },
  websocket: { transports: ['websocket'] },
  polling: { transports: ['polling'] },
  noupgrade: { allowUpgrades: false },
};

const instances = [];

function start(variant) {
  const number = instances.length;
  const log = text => console.log(`log ${number} ${text}`);
  const server = http.createServer((request, response) => response.writeHead(404).end());
  const io = new Server(server, { pingInterval: 25000, pingTimeout: 20000, ...variants[variant] });
  io.engine.on('connection_error', error =>
    log(`connection_error ${error.code} ${error.message}`));
  for (const space of [io, io.of('/custom'), io.of('/mw'), io.of(/^\/dyn-\d+$/), io.of('/admin')]) {
    space.on('connection', socket => serve(socket, log));
  }
  io.of('/mw').use((socket, next) => {
    const error = new Error('not authorized');
    if (socket.handshake.auth.withData) {
      error.data = { code: 42 };
    }
    next(socket.handshake.auth.ok ? undefined : error);
  });
  instances.push({ io, server });
  server.listen(0, '127.0.0.1', () => console.log(`listening ${number} ${server.address().port}`));
}

function serve(socket, log) {
  const name = socket.nsp.name;
  log(`connection ${name}${socket.recovered ? ' recovered' : ''}`);
  socket.on('disconnect', reason => log(`disconnect ${name} ${reason}`));
  socket.on('echo', (...values) => {
    const answer = typeof values.at(-1) === 'function' ? values.pop() : null;
    answer ? answer(...values) : socket.emit('echo', ...values);
  });
  socket.on('ask', () => socket.timeout(100).emit('q', (error, value) =>
    log(`answer ${error ? error.message : JSON.stringify(value)}`)));
  socket.on('kick', close => socket.disconnect(close));
  socket.on('bin', count => socket.emit('bin',
    ...Array.from({ length: count }, (_, at) => Buffer.from([at]))));
  socket.on('both', () => {
    socket.emit('bin', Buffer.from([0]), Buffer.from([1]));
    socket.emit('echo', 'é');
  });
  socket.on('fleeting', () => {
    socket.emit('first');
    socket.volatile.emit('lost');
    socket.emit('last');
  });
  socket.on('join', (room, answer) => { socket.join(room); answer?.(); });
  socket.on('leave', (room, answer) => { socket.leave(room); answer?.(); });
  socket.on('rooms', answer =>
    answer?.([...socket.rooms].filter(room => room !== socket.id).sort()));
  socket.on('say', (room, ...values) => socket.nsp.to(room).emit(
    'said', ...values.filter(value => typeof value !== 'function')));
  socket.on('others', (...values) => socket.broadcast.emit('said', ...values));
  socket.on('except', (room, ...values) => socket.nsp.except(room).emit('said', ...values));
  socket.on('direct', (...values) => socket.emit('direct', ...values));
  socket.on('auth', answer => answer?.(socket.handshake.auth));
  socket.on('query', answer => answer?.(socket.handshake.query.x ?? null));
}

async function stop(number) {
  const { io, server } = instances[number];
  await io.close();
  server.closeAllConnections();
  console.log(`stopped ${number}`);
}

const commands = {
  start,
  stop: number => stop(Number(number)),
  mark: text => console.log(`marked ${text}`),
};

createInterface({ input: process.stdin })
  .on('line', line => {
    const [command, argument] = line.split(' ');
    commands[command](argument);
  })
  .on('close', () => process.exit(0));

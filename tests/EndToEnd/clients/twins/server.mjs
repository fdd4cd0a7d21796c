// Programs on the official server, each in a namespace of its own; SocketIO/Twins has the same
// ones in C#. Usage: server.mjs [msgpack]. Prints its port and ends with its standard input.
import http from 'node:http';
import { Server } from 'socket.io';
import * as msgpack from 'socket.io-msgpack-parser';

const log = [];
const text = value => typeof value === 'string' ? value : JSON.stringify(value) ?? 'nothing';
const refusals = [];
const say = (...values) => log.push(values.map(text).join(' '));
const server = http.createServer();
const io = new Server(server, {
  ...(process.argv[2] === 'msgpack' && { parser: msgpack }),
  cleanupEmptyChildNamespaces: true,
  allowRequest: (request, decide) => decide(
    request.url.includes('deny') ? 'not today' : null, !request.url.includes('deny')),
});
/** Its own room is left out: ids are different. */
const roomsOf = socket => [...socket.rooms].filter(room => room !== socket.id).sort();
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));

io.engine.on('connection_error', error => refusals.push(`${error.code} ${error.message}`));
io.on('new_namespace', space => say('new_namespace', space.name));
io.of('/log').on('connection', socket => {
  socket.on('log', answer => answer(log.splice(0)));
  socket.on('refusals', answer => answer(refusals, io.engine.clientsCount));
});

// ---- rooms: what adapters tell, and what rooms are like while a socket goes ----

const rooms = io.of('/rooms');
for (const event of ['create-room', 'delete-room', 'join-room', 'leave-room']) {
  rooms.adapter.on(event, (...about) => say(event, ...about));
}
rooms.on('connection', socket => {
  say('connection', socket.id, roomsOf(socket), socket.connected);
  socket.join('lobby');
  socket.on('join', (names, answer) => { socket.join(names); answer(roomsOf(socket)); });
  socket.on('leave', (name, answer) => { socket.leave(name); answer(roomsOf(socket)); });
  socket.on('others join', (name, answer) => { socket.to('lobby').socketsJoin(name); answer(); });
  socket.on('all leave', (names, answer) => { rooms.socketsLeave(names); answer(); });
  socket.on('disconnecting', reason => {
    say('disconnecting', reason, socket.rooms.size, socket.connected);
    rooms.in(socket.id).socketsLeave('a');
    socket.leave('b');
    socket.join('late');
    socket.to('lobby').emit('bye', socket.rooms.size);
    say('left', roomsOf(socket));
  });
  socket.on('disconnect', reason => {
    say('disconnect', reason, socket.rooms.size, socket.connected);
    socket.emit('too late');
    say('rooms', [...rooms.adapter.rooms.keys()].filter(name => name.length < 20).sort());
  });
});

// ---- middlewares: of the namespace and of the socket ----

const guarded = io.of('/guarded');
guarded.use((socket, next) => {
  say('first', socket.handshake.auth.as, socket.connected, socket.rooms.size);
  socket.data.step = 1;
  socket.join('early');
  socket.emit('early', 'before the answer');
  setTimeout(next, 10);
});
guarded.use((socket, next) => {
  const refusal = (message, data) => Object.assign(new Error(message), { data });
  switch (socket.handshake.auth.as) {
    case 'plain': return next(new Error('plain'));
    case 'object': return next(refusal('with details', { code: 42, nested: { list: [1, 'two'] } }));
    case 'text': return next(refusal('with text', 'details'));
    case 'number': return next(refusal('', 7));
    case 'no': return next(refusal('é "quoted" <tag>', false));
    default: return next();
  }
});
guarded.use((socket, next) => { say('last', socket.handshake.auth.as); next(); });
guarded.on('connection', socket => {
  say('connection', { step: socket.data.step }, socket.rooms.size);
  socket.use(([event, ...values], next) => {
    say('use 1', event, values.filter(value => typeof value !== 'function').length);
    event === 'slow' ? setTimeout(next, 20) : next();
  });
  socket.use(([event], next) => {
    say('use 2', event);
    next(event === 'bad' ? Object.assign(new Error('not this'), { data: 1 }) : undefined);
  });
  socket.on('error', error => say('error', error.message));
  socket.on('bad', () => say('never'));
  socket.on('slow', answer => answer('slow done'));
  socket.on('good', (value, answer) => answer(value));
});

// ---- listeners: any, outgoing, once, off ----

const listeners = io.of('/listeners');
listeners.on('connection', socket => {
  const count = values => values.filter(value => typeof value !== 'function').length;
  const first = (event, ...values) => say('first', event, count(values));
  socket.onAny((event, ...values) => say('any', event, count(values)));
  socket.prependAny(first);
  socket.onAnyOutgoing((event, ...values) => say('out', event, count(values)));
  socket.prependAnyOutgoing(event => say('out first', event));
  socket.join('r');
  socket.once('once', value => say('once', value));
  const twice = value => say('on', value);
  socket.on('on', twice);
  socket.on('on', value => say('on too', value));
  socket.on('off', answer => { socket.off('on', twice); answer(); });
  socket.on('none', answer => { socket.removeAllListeners('on'); answer(); });
  socket.on('send', async answer => {
    socket.emit('direct', 1, 2);
    listeners.emit('to all');
    listeners.to('r').except('nobody').emit('to the room', Buffer.from([1]));
    socket.broadcast.emit('not to me');
    socket.compress(false).emit('as it is');
    await socket.emitWithAck('question', 'q');
    await listeners.timeout(1000).emitWithAck('question', 'many');
    answer();
  });
  socket.on('stop', answer => { socket.offAny(first).offAnyOutgoing(); answer(); });
  socket.on('stop all', answer => { socket.offAny(); answer(); });
});

// ---- acknowledgements: in time, late, twice, never ----

const answers = io.of('/answers');
answers.on('connection', socket => {
  const seen = {};
  say('connection');
  socket.join('all');
  socket.on('third time', (value, answer) => {
    seen[value] = (seen[value] ?? 0) + 1;
    say('third time', value, seen[value]);
    if (seen[value] === 3) answer('thanks for', value);
  });
  socket.on('never', (value, answer) => say('never', value, typeof answer));
  socket.on('late', answer => setTimeout(answer, 150, 'too late'));
  socket.on('twice', answer => { answer('one'); answer('two'); });
  socket.on('none', (...values) => say('none', values.length));
  const attempt = async (answer, action) => {
    try {
      answer('ok', await action());
    } catch (error) {
      answer('error', error.message, error.responses ?? 'none');
    }
  };
  socket.on('ask me', (ms, answer) =>
    attempt(answer, () => socket.timeout(ms).emitWithAck(
      'asked', { deep: [Buffer.from([1, 2])] })));
  socket.on('ask all', (ms, room, answer) =>
    attempt(answer, () => answers.to(room).timeout(ms).emitWithAck('asked', 'all')));
  socket.on('ask nobody', answer =>
    attempt(answer, () => answers.to('nobody').timeout(100).emitWithAck('asked')));
  socket.on('ask the others', (ms, answer) =>
    attempt(answer, () => socket.to('all').timeout(ms).emitWithAck('asked', 'others')));
  socket.on('ask and go', answer => {
    socket.emitWithAck('unanswered').then(
      () => say('answered'), error => say('gone', error.message));
    answer();
  });
  for (const name of ['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener',
    'removeListener']) {
    try { socket.emit(name); say('sent', name); } catch (error) { say(error.message); }
    try { answers.emit(name); say('sent', name); } catch (error) { say(error.message); }
  }
  for (const name of ['connect', 'connection', 'new_namespace', 'disconnect']) {
    try { answers.serverSideEmit(name); say('said', name); } catch (error) { say(error.message); }
  }
});

// ---- values: whatever comes goes back, and some of the server's own ----

io.of('/values').on('connection', socket => {
  socket.on('echo', (...values) => {
    const answer = typeof values.at(-1) === 'function' ? values.pop() : null;
    answer ? answer(...values) : socket.emit('echo', ...values);
  });
  socket.on('give', () => {
    socket.emit('given', 'texts', '', 'é', '\u{1f600}', 'a\u2028b',
      '"\\/\b\f\n\r\t\u0001', '</script>');
    socket.emit('given', 'numbers', 0, -1, 127, 128, 255, 256, 65535, 65536, 4294967296,
      9007199254740991, -9007199254740991, -129, -32769, -2147483649, 0.1, -1.5, 1e-7);
    socket.emit('given', 'others', true, false, null, [], {}, [[]], { a: null });
    socket.emit('given', 'bytes', Buffer.alloc(0), Buffer.from([0, 255]), [Buffer.from([1])],
      { a: { b: [Buffer.from([2]), 'c', Buffer.from([3])] } });
    socket.emit('given', 'date', new Date(0), new Date(Date.UTC(2026, 10, 21, 1, 2, 3, 456)));
    socket.emit('given');
  });
});

// ---- going: all namespaces of a connection at once ----

for (const name of ['/going', '/going/too']) {
  const going = io.of(name);
  going.on('connection', socket => {
    say('connection', name);
    socket.join('all');
    socket.on('disconnecting', reason => say('disconnecting', name, reason, socket.rooms.size));
    socket.on('disconnect', reason => say('disconnect', name, reason));
    socket.on('one', () => socket.disconnect());
    socket.on('one and the connection', () => socket.disconnect(true));
    socket.on('all', () => { going.in('all').disconnectSockets(); });
    socket.on('all and connections', () => { going.in('all').disconnectSockets(true); });
    socket.on('others', async () => {
      for (const other of await socket.to('all').fetchSockets()) other.disconnect(true);
    });
    socket.on('words and go', () => { socket.emit('words', 'last'); socket.disconnect(true); });
  });
}
io.of('/going/at-once').on('connection', socket => {
  socket.on('disconnect', reason => say('at once', reason));
  socket.emit('words', 'hello');
  socket.disconnect();
  say('at once', socket.connected, socket.rooms.size);
});

// ---- names: namespaces that clients ask for ----

const parent = io.of(/^\/names\/\d+$/);
parent.use((socket, next) => {
  say('parent middleware', socket.nsp.name);
  next(socket.nsp.name === '/names/13' ? new Error('unlucky') : undefined);
});
parent.on('connection', socket => {
  say('parent connection', socket.nsp.name, socket.nsp.sockets.size);
  socket.on('to children', () => parent.emit('from the parent', socket.nsp.name));
  socket.on('to mine', () => socket.nsp.emit('from the child', socket.nsp.name));
  socket.on('names', answer => answer(
    [...io._nsps.keys()].filter(name => name.startsWith('/names')).sort()));
  socket.on('disconnect', reason => say('gone', socket.nsp.name, reason));
});
io.of(async (name, auth, next) => {
  if (!name.startsWith('/names/by-')) return next(null, false);
  await sleep(10);
  say('asked', name, auth);
  auth.token === 'error' ? next(new Error('no')) : next(null, auth.token === 'yes');
}).on('connection', socket => say('by function', socket.nsp.name));
io.of(/^\/names\/[0-9a-f]+$/).on('connection', socket => say('second parent', socket.nsp.name));
// Asked for by the program itself, though a pattern matches it.
io.of('/names/7').use((socket, next) => { say('own middleware'); next(); });
io.of('/names/7').on('connection', () => say('own connection'));

// ---- volatile, on a transport that cannot take it now ----

io.of('/volatile').on('connection', socket => {
  socket.join('all');
  socket.on('burst', () => {
    socket.emit('kept', 1);
    socket.volatile.emit('lost', 2);
    io.of('/volatile').volatile.emit('lost', 3);
    socket.emit('kept', 4);
    setTimeout(() => socket.volatile.emit('quiet', 5), 100);
  });
});

// ---- alone: what a cluster would do, without one ----

const alone = io.of('/alone');
alone.on('connection', socket => {
  socket.data.name = socket.handshake.auth.name;
  socket.data.list = [1, { two: null }];
  alone.on('said', () => say('never said to itself'));
  socket.on('sockets', async answer => {
    const found = await alone.fetchSockets();
    answer(found.map(one => ({
      name: one.data.name, data: one.data, rooms: one.rooms.size,
      kinds: [typeof one.handshake.time, typeof one.handshake.issued, one.handshake.xdomain,
        one.handshake.secure, typeof one.handshake.headers],
    })).sort((a, b) => a.name < b.name ? -1 : 1));
  });
  socket.on('steer', async answer => {
    const [other] = await alone.in(socket.id).fetchSockets();
    other.join('x'); other.join(['y', 'z']); other.leave('y');
    other.emit('steered', roomsOf(socket));
    answer(other.data.name);
  });
  socket.on('say', () => alone.serverSideEmit('said', 1));
  socket.on('count', async answer => answer((await alone.allSockets()).size, alone.sockets.size,
    (await alone.local.fetchSockets()).length,
    (await alone.except(socket.id).fetchSockets()).length));
});

server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
process.stdin.on('end', () => process.exit(0)).resume();

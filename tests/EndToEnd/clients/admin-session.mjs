// An admin and a client of a server with the admin UI: what the admin is told, step by step, with
// names instead of ids and moments, so that the transcripts of two servers can be compared.
//   node admin-session.mjs URL MODE, which is development, production, or readonly
import { io } from 'socket.io-client';

const [url, mode] = process.argv.slice(2);
const isDevelopment = mode === 'development';
const names = new Map();
let lines = [];
let stats = [];
const waiting = [];

function name(id, as) {
  names.set(id, as);
}

function plain(value, key) {
  if (typeof value === 'string') {
    if (key === 'clientId' && value.length === 12) return '<client>';
    if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)) return '<moment>';
    return names.get(value) ?? value;
  }
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
    return `<${Buffer.from(value).toString('hex')}>`;
  }
  if (Array.isArray(value)) return value.map(one => plain(one));
  if (value && typeof value === 'object') {
    if (key === 'handshake') {
      return Object.entries(value).map(([at, one]) => `${at}: ${typeof one}`).join(', ');
    }
    return Object.fromEntries(Object.entries(value).map(([at, one]) => [at, plain(one, at)]));
  }
  return value;
}

function show(event, args) {
  if (event === 'server_stats') {
    stats.push(args[0]);
  } else {
    lines.push([event, ...args]);
  }
  waiting.forEach(check => check());
}

function until(what, done) {
  return new Promise((resolve, reject) => {
    const check = () => {
      if (!done()) return;
      clearTimeout(late);
      waiting.splice(waiting.indexOf(check), 1);
      resolve();
    };
    const late = setTimeout(() => {
      console.log(lines.map(line => JSON.stringify(line)).join('\n'));
      reject(new Error(`never: ${what}`));
    }, 15000);
    waiting.push(check);
    check();
  });
}

const saw = (event, test = () => true) =>
  until(event, () => lines.some(line => line[0] === event && test(line)));

function step(title) {
  console.log(`-- ${title}`);
  for (const [event, ...args] of lines) {
    console.log(event, JSON.stringify(plain(args)));
  }
  lines = [];
}

const login = (auth, as) => {
  const socket = io(`${url}/admin`, {
    auth, transports: ['websocket'], forceNew: true, reconnection: false,
  });
  if (as === '<admin>') socket.onAny((event, ...args) => show(event, args));
  return new Promise(resolve => {
    socket.on('connect_error', error => resolve([socket, `refused: ${error.message}`]));
    socket.on('connect', () => { name(socket.id, as); resolve([socket, 'let in']); });
  });
};

for (const auth of [{}, { username: 'admin', password: 'wrong' },
  { username: 'other', password: 'secret' }, { sessionId: 'unknown' }]) {
  const [socket, result] = await login(auth);
  console.log(JSON.stringify(auth), result);
  socket.close();
}

const [admin, result] = await login({ username: 'admin', password: 'secret' }, '<admin>');
console.log('right', result);
await saw('session');
await saw('config');
if (isDevelopment) await saw('all_sockets');
const session = lines.find(line => line[0] === 'session')[1];
console.log('session', /^[0-9a-f]+$/.test(session));
name(session, '<session>');
step('logged in');

const [second, again] = await login({ sessionId: session }, '<second admin>');
console.log('again', again);
if (isDevelopment) await saw('socket_connected');
second.close();
if (isDevelopment) await saw('room_left');
step('another by the session');

const client = io(url, { transports: ['polling', 'websocket'], forceNew: true });
const upgraded = new Promise(resolve =>
  client.io.engine.on('upgrade', () => resolve()));
await new Promise(resolve => client.on('connect', resolve));
name(client.id, '<client socket>');
await upgraded;
if (isDevelopment) await saw('socket_updated');
step('a client came');

client.emit('hi', 1, { é: [null] });
if (isDevelopment) await saw('event_sent');
step('an event and another');

client.emit('bin', Buffer.from([1, 2, 255]));
if (isDevelopment) await saw('event_sent', line => line[3][0] === 'bin');
step('attachments');

await client.emitWithAck('dynamic');
client.emit('who', 'u1');
if (isDevelopment) await saw('socket_updated', line => line[1].data?.user === 'u1');
step('an answer, and data');

const dynamic = io(`${url}/dyn-1`, { transports: ['websocket'], forceNew: true });
await new Promise(resolve => dynamic.on('connect', resolve));
name(dynamic.id, '<dynamic>');
dynamic.emit('hi');
if (isDevelopment) await saw('room_joined', line => line[2] === 'inner');
step('a namespace that a client named');
dynamic.close();
if (isDevelopment) await saw('room_left', line => line[2] === 'inner');
step('and left');

const heard = [];
client.onAny((...args) => heard.push(plain(args)));
admin.emit('emit', '/', null, 'to all', 1, [2]);
admin.emit('emit', '/', 'room1', 'to a room', Buffer.from([7]));
admin.emit('emit', '/', 'nobody', 'to nobody');
admin.emit('emit', '/', client.id, 'to one');
admin.emit('join', '/', 'room2', client.id);
admin.emit('join', '/', 'room3');
admin.emit('emit', '/', 'room3', 'last');
if (mode !== 'readonly') {
  const start = Date.now();
  while (!heard.some(([event]) => event === 'last') && Date.now() - start < 5000) {
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  console.log('heard', JSON.stringify(heard));
  if (isDevelopment) await saw('event_sent', line => line[3][0] === 'last');
}
step('the admin steers');
if (mode === 'development') {
  admin.emit('leave', '/', 'room1', 'room2');
  await saw('room_left');
}
step('and takes it back');

const gone = new Promise(resolve => client.on('disconnect', resolve));
admin.emit('_disconnect', '/', false, client.id);
if (mode === 'readonly') client.disconnect();
console.log('client is gone:', await gone);
if (isDevelopment) await saw('room_left', line => line[2] === 'room3');
step('disconnected');

stats = [];
await until('stats', () => stats.length > 1);
const last = stats.at(-1);
console.log(Object.entries(last).map(([key, one]) => `${key}: ${typeof one}`).join(', '));
console.log(last.clientsCount >= 1, last.pollingClientsCount,
  JSON.stringify(last.namespaces.map(one => `${one.name} ${one.socketsCount}`).sort()));
const counted = new Map();
client.io.engine?.close();
const other = io(url, { transports: ['websocket'], forceNew: true });
await new Promise(resolve => other.on('connect', resolve));
other.close();
stats = [];
await until('a disconnection', () => stats.some(one =>
  one.aggregatedEvents.some(event => event.type === 'rawDisconnection')));
for (const event of stats.flatMap(one => one.aggregatedEvents)) {
  counted.set(`${event.type} ${event.subType ?? ''}`.trim(), Object.keys(event).join());
}
for (const type of ['rawConnection', 'rawDisconnection transport close', 'packetsIn', 'packetsOut',
  'bytesIn', 'bytesOut']) {
  console.log(type, counted.get(type));
}
process.exit(0);

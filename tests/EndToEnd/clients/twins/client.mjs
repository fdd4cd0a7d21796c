// Plays one section with a server of twins and prints what happened on both sides.
// Usage: client.mjs SECTION URL TRANSPORTS [msgpack]. Ids become the names of their clients.
import { io } from 'socket.io-client';
import * as msgpack from 'socket.io-msgpack-parser';

const [section, url, transports, parser] = process.argv.slice(2);
const parsing = parser === 'msgpack' ? { parser: msgpack } : {};
const lines = new Map();
const names = new Map();
const sockets = [];

function show(value) {
  if (value instanceof ArrayBuffer) return `bytes(${[...new Uint8Array(value)]})`;
  if (ArrayBuffer.isView(value)) {
    return `bytes(${[...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)]})`;
  }
  if (value instanceof Date) return `date(${value.toISOString()})`;
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  if (value instanceof Error) {
    return `error(${value.message}${value.data === undefined ? '' : `, ${show(value.data)}`})`;
  }
  if (value && typeof value === 'object') {
    return `{${Object.keys(value).map(key => `${key}: ${show(value[key])}`).join(', ')}}`;
  }
  if (typeof value === 'string') return JSON.stringify(value);
  return Object.is(value, -0) ? '-0' : String(value);
}

// What one client sees is in order, what several see is not: so each has its own part.
const tell = (...values) => (lines.get(values[0]) ?? lines.set(values[0], []).get(values[0]))
  .push(values.join(' '));
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));
const once = (socket, event) => new Promise(
  resolve => socket.once(event, (...values) => resolve(values)));

function open(name, namespace, options = {}) {
  const socket = io(url + namespace, {
    transports: transports.split(','), forceNew: true, reconnection: false, ...parsing, ...options,
  });
  socket.on('connect', () => {
    names.set(socket.id, name);
    tell(name, 'connect');
  });
  socket.on('connect_error', error => tell(name, 'connect_error', show(error)));
  socket.on('disconnect', reason => tell(name, 'disconnect', reason));
  socket.onAny((event, ...values) => tell(name, 'got', event, show(
    values.filter(value => typeof value !== 'function'))));
  sockets.push(socket);
  return socket;
}

async function connect(name, namespace, options = {}) {
  const socket = open(name, namespace, options);
  await once(socket, 'connect');
  return socket;
}

/** Whatever comes back; with a timeout an error comes first. */
async function ask(name, socket, event, ...values) {
  const answers = await new Promise(
    resolve => socket.emit(event, ...values, (...all) => resolve(all)));
  tell(name, event, '->', answers.map(show).join(' '));
}

const logs = io(`${url}/log`, { forceNew: true, transports: ['websocket'], ...parsing });

/** What the server has said since the last time, until it has said this. */
async function log(last) {
  for (let found = !last, tries = 0; tries < 100; tries++) {
    for (const line of await logs.emitWithAck('log')) {
      tell('server', line);
      found ||= line.startsWith(last);
    }
    if (found) return;
    await sleep(20);
  }
  tell('server', 'never', last);
}

const sections = {
  async rooms() {
    const a = await connect('A', '/rooms');
    await log('join-room lobby ' + a.id);
    const b = await connect('B', '/rooms');
    await log('join-room lobby ' + b.id);
    await ask('A', a, 'join', ['a', 'b', 'a']);
    await ask('A', a, 'join', ['a']);
    await ask('B', b, 'join', ['a']);
    await ask('A', a, 'leave', 'nowhere');
    await ask('A', a, 'leave', 'b');
    await ask('A', a, 'join', ['b']);
    await ask('A', a, 'others join', 'c');
    await ask('A', a, 'all leave', ['c', 'none']);
    await log();
    const bye = once(b, 'bye');
    a.disconnect();
    await bye;
    await log('rooms');
    b.io.engine.close();
    await log('rooms');
  },

  async guarded() {
    for (const as of ['plain', 'object', 'text', 'number', 'no']) {
      const refused = open(as, '/guarded', { auth: { as } });
      await once(refused, 'connect_error');
      tell(as, refused.connected, refused.io.engine.readyState);
      await log(`first ${as}`);
    }
    const early = once(open('A', '/guarded', { auth: { as: 'fine' } }), 'early');
    await early;
    const a = sockets.at(-1);
    await log('connection');
    a.emit('bad', 1, 2);
    await sleep(30);
    a.emit('unknown');
    await sleep(30);
    await ask('A', a, 'good', 'value');
    await ask('A', a, 'slow');
    await log();
  },

  async listeners() {
    const a = await connect('A', '/listeners');
    a.on('question', (value, answer) => answer(value));
    for (const [event, value] of [['once', 1], ['once', 2], ['on', 1], ['on', 2], ['on', 3]]) {
      a.emit(event, value);
      // Node.js runs handlers a little later than listeners of everything.
      await sleep(30);
      if (event === 'on') await ask('A', a, value === 1 ? 'off' : 'none');
      await sleep(30);
    }
    await ask('A', a, 'send');
    await ask('A', a, 'stop');
    await ask('A', a, 'send');
    await ask('A', a, 'stop all');
    await ask('A', a, 'none');
    await log();
  },

  async answers() {
    const a = await connect('A', '/answers', { ackTimeout: 300, retries: 3 });
    await log('connection');
    await log();
    const done = [];
    a.emit('third time', 'one', (...values) => done.push(show(values)));
    a.emit('third time', 'two', (...values) => done.push(show(values)));
    await ask('A', a, 'twice');
    tell('A', ...done);
    await ask('A', a, 'none');
    await log('none');
    const b = await connect('B', '/answers');
    const answering = ms => async (...values) => {
      const answer = values.pop();
      await sleep(ms);
      answer('yes', values.length);
    };
    b.on('asked', answering(0));
    a.on('asked', answering(0));
    await log();
    await ask('B', b.timeout(100), 'late');
    await sleep(100);
    await ask('B', b.timeout(50), 'never', 1);
    await ask('B', b, 'ask me', 1000);
    await ask('B', b, 'ask all', 1000, 'all');
    await ask('B', b, 'ask nobody');
    await ask('B', b, 'ask the others', 1000);
    b.off('asked').on('asked', answering(400));
    await ask('B', b, 'ask me', 100);
    await ask('B', b, 'ask all', 200, 'all');
    await ask('B', b, 'ask and go');
    await log('never');
    b.disconnect();
    await log('gone');
  },

  async values() {
    const a = await connect('A', '/values');
    await ask('A', a, 'echo', null, true, '', 'é\u2028', 1.5, -0, 4294967296, -1, [[], {}]);
    await ask('A', a, 'echo', undefined);
    await ask('A', a, 'echo', { a: undefined, b: null, '': 1, 'é"': 2 });
    await ask('A', a, 'echo', NaN);
    await ask('A', a, 'echo', new Date(1234567890123));
    await ask('A', a, 'echo', new Uint8Array([1, 2, 3]));
    await ask('A', a, 'echo', new Uint8Array([1, 2, 3, 4]).subarray(1, 3));
    await ask('A', a, 'echo', new Uint8Array([1, 2]).buffer);
    await ask('A', a, 'echo', { deep: [{ bytes: Buffer.from([9]) }], more: Buffer.alloc(3) });
    await ask('A', a, 'echo', 'x'.repeat(300));
    await ask('A', a, 'echo', Array.from({ length: 20 }, (_, at) => at));
    await ask('A', a, 'echo', Object.fromEntries(
      Array.from({ length: 20 }, (_, at) => [`k${at}`, at])));
    await ask('A', a, 'echo', { toJSON: () => 'from toJSON' });
    a.emit('echo', 'no', Buffer.from([7]), 'acknowledgement');
    a.emit('give');
    await ask('A', a, 'echo', 'end');
    await sleep(50);
  },

  async bytes() {
    const a = await connect('A', '/values');
    await ask('A', a, 'echo', Array.from({ length: 12 }, (_, at) => Buffer.from([at])));
    await ask('A', a, 'echo', new Float32Array([1.5, -2]));
    await ask('A', a, 'echo', Buffer.alloc(70000).fill(1).subarray(0, 300));
  },

  async going() {
    for (const how of ['one', 'one and the connection', 'all', 'all and connections', 'others',
      'words and go']) {
      tell('server', '---', how);
      const a = await connect(`A(${how})`, '/going');
      await log('connection');
      const too = a.io.socket('/going/too');
      too.on('disconnect', reason => tell(`A(${how})`, 'too', 'disconnect', reason));
      await once(too, 'connect');
      const b = await connect(`B(${how})`, '/going');
      await log('connection /going');
      a.emit(how);
      await sleep(250);
      tell(`A(${how})`, a.connected, too.connected, a.io.engine.readyState, b.connected);
      b.disconnect();
      await sleep(60);
      a.io.engine.close();
      await sleep(100);
      await log();
    }
    const c = open('C', '/going/at-once');
    await once(c, 'disconnect');
    await log('at once');
  },

  async names() {
    const one = await connect('One', '/names/1');
    const two = await connect('Two', '/names/2');
    const seven = await connect('Seven', '/names/7');
    await log('own connection');
    for (const [name, space, auth] of [['unlucky', '/names/13'], ['none', '/names/'],
      ['hex', '/names/a'], ['query', '/names/1?x=1'], ['no', '/names/by-auth', { token: 'no' }],
      ['error', '/names/by-auth', { token: 'error' }],
      ['yes', '/names/by-auth', { token: 'yes' }]]) {
      const socket = open(name, space, { auth });
      await Promise.race([once(socket, 'connect'), once(socket, 'connect_error')]);
      await sleep(20);
      await log();
    }
    one.emit('to children');
    await sleep(50);
    two.emit('to mine');
    await sleep(50);
    await ask('One', one, 'names');
    two.disconnect();
    await log('gone');
    await ask('One', one, 'names');
    seven.disconnect();
    await log('gone');
    await ask('One', one, 'names');
  },

  async volatile() {
    const a = await connect('A', '/volatile');
    await sleep(100);
    a.emit('burst');
    await sleep(300);
  },

  async alone() {
    const a = await connect('A', '/alone', { auth: { name: 'a', more: [1] } });
    const b = await connect('B', '/alone', { auth: { name: 'b' }, query: { x: 'é y' } });
    await ask('A', a, 'sockets');
    await ask('B', b, 'count');
    b.emit('say');
    await ask('B', b, 'steer');
    await ask('A', a, 'sockets');
    await log();
  },

  async refused() {
    const denied = open('denied', '/log', { query: { deny: 1 } });
    await once(denied, 'connect_error');
    for (const [method, query] of [['GET', ''], ['GET', 'EIO=4'],
      ['GET', 'EIO=3&transport=polling'],
      ['GET', 'EIO=4&transport=carrier-pigeon'], ['POST', 'EIO=4&transport=polling'],
      ['GET', 'EIO=4&transport=polling&sid=unknown'], ['GET', 'EIO=4&transport=websocket']]) {
      const response = await fetch(`${url}/socket.io/?${query}`, { method });
      tell(method, query, response.status, await response.text());
    }
    const counted = await connect('counted', '/values');
    await ask('log', logs, 'refusals');
    counted.disconnect();
  },
};

await once(logs, 'connect');
await logs.emitWithAck('log');
await sections[section]();
for (const line of [...lines.values()].flat()) {
  console.log([...names].reduce((text, [id, name]) => text.replaceAll(id, `<${name}>`), line));
}
for (const socket of [...sockets, logs]) socket.io.engine?.close();
process.exit(0);

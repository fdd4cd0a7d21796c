// What the scenarios share. A scenario file calls play({ name: async kit => ... }) and is run as
//   FILE.mjs NAME URL TRANSPORTS [msgpack]
// It prints "done" when all that it asserts was so.
import { io } from 'socket.io-client';
import * as msgpack from 'socket.io-msgpack-parser';

const [name, url, transports, parser] = process.argv.slice(2);
/** For a Manager. */
export const parsing = parser === 'msgpack' ? { parser: msgpack } : {};
const sockets = [];

/** A connected client; in a namespace of its own connection unless options say otherwise. */
export async function connect(namespace = '/', options = {}) {
  const socket = open(namespace, options);
  await once(socket, 'connect');
  return socket;
}

export function open(namespace = '/', options = {}) {
  const socket = io(url + namespace, {
    transports: transports.split(','),
    forceNew: true,
    reconnection: false,
    ...parsing,
    ...options,
  });
  sockets.push(socket);
  return socket;
}

export function once(socket, event) {
  return new Promise(resolve => socket.once(event, (...values) => resolve(values)));
}

/** All events of a name from now on. */
export function collect(socket, event) {
  const all = [];
  socket.on(event, (...values) => all.push(values));
  return all;
}

/** Everything that was sent to the client before now has come when this is done. */
export const settle = socket => socket.emitWithAck('echo');

export async function until(reached) {
  while (!await reached()) {
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

/** The server's log until it has a line. */
export async function logged(socket, line) {
  const all = [];
  await until(async () => {
    all.push(...await socket.emitWithAck('log'));
    return all.includes(line);
  });
  return all;
}

export async function play(scenarios) {
  await scenarios[name]({ url, transports });
  for (const socket of sockets) {
    socket.disconnect();
  }
  console.log('done');
  process.exit(0);
}

// An admin at each of two nodes of a cluster, and a client at each: every admin sees and steers
// both. Says "as expected", or what is not.
//   node admin-cluster.mjs NODE-URL NET-URL
import { io } from 'socket.io-client';

const urls = process.argv.slice(2);
const connect = (url, more) => new Promise((resolve, reject) => {
  const socket = io(url, { transports: ['websocket'], forceNew: true, ...more });
  socket.on('connect', () => resolve(socket));
  socket.on('connect_error', reject);
});
const until = async (what, done) => {
  const start = Date.now();
  while (!done()) {
    if (Date.now() - start > 20000) throw new Error(`never: ${what()}`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
};

const clients = await Promise.all(urls.map(url => connect(url)));
const heard = [];
clients.forEach((client, at) => client.onAny((...args) => heard.push([at, ...args])));

for (const url of urls) {
  const servers = new Set();
  const received = [];
  let sockets;
  const admin = io(`${url}/admin`, {
    transports: ['websocket'], forceNew: true, auth: { username: 'admin', password: 'secret' },
  });
  admin.on('server_stats', stats => servers.add(stats.serverId));
  admin.on('all_sockets', all => { sockets = all; });
  admin.on('event_received', (nsp, id, args) => received.push([id, ...args]));
  await until(() => `both servers, but ${[...servers]}`, () => servers.size === 2);
  await until(() => 'all sockets', () => sockets);
  for (const client of clients) {
    const found = sockets.filter(one => one.id === client.id && one.nsp === '/');
    if (found.length !== 1 || found[0].transport !== 'websocket'
      || found[0].clientId.length !== 12 || !found[0].rooms.includes('room1')
      || found[0].data._admin || !found[0].handshake.issued) {
      throw new Error(JSON.stringify(found));
    }
  }
  clients.forEach((client, at) => client.emit('hi', at));
  await until(() => JSON.stringify(received), () => received.length === 2);
  heard.length = 0;
  admin.emit('emit', '/', null, 'to all', 1);
  admin.emit('emit', '/', clients[0].id, 'to the first');
  admin.emit('emit', '/', clients[1].id, 'to the second');
  await until(() => JSON.stringify(heard),
    () => heard.filter(([, event]) => event !== 'yo').length === 4);
  const texts = heard.map(([at, event]) => `${at} ${event}`).filter(text => !text.endsWith('yo'));
  if (texts.sort().join() !== '0 to all,0 to the first,1 to all,1 to the second') {
    throw new Error(texts.join());
  }
  admin.close();
}

const admin = await connect(`${urls[1]}/admin`, { auth: { username: 'admin', password: 'secret' } });
const gone = new Promise(resolve => clients[0].on('disconnect', resolve));
admin.emit('_disconnect', '/', false, clients[0].id);
if (await gone !== 'io server disconnect') throw new Error('disconnected otherwise');
console.log('as expected');
process.exit(0);

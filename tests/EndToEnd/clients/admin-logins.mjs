// An admin logs in at one node, and comes back at the other by the session alone. Says the
// session's id.
//   node admin-logins.mjs URL OTHER-URL
import { io } from 'socket.io-client';

const [first, second] = process.argv.slice(2);
const connect = (url, auth) => new Promise((resolve, reject) => {
  const socket = io(`${url}/admin`, { transports: ['websocket'], forceNew: true, auth });
  const seen = { socket };
  socket.on('session', id => { seen.session = id; });
  // The server says "config" to whom it has let in.
  socket.on('config', () => resolve(seen));
  socket.on('connect_error', error => { socket.close(); reject(error); });
});
const refused = auth => connect(second, auth).then(
  () => { throw new Error('was let in'); },
  error => { if (error.message !== 'invalid credentials') throw error; });

await refused({ sessionId: 'nobody' });
const { session, socket } = await connect(first, { username: 'admin', password: 'secret' });
socket.close();
await refused({ sessionId: session + 'x' });
const back = await connect(second, { sessionId: session });
if (back.session) throw new Error('another session: ' + back.session);
back.socket.close();
console.log(session);
process.exit(0);

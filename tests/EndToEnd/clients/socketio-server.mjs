// One instance of a Socket.IO 4.8 service. Usage: socketio-server.mjs ID PATH
// Prints "listening PORT" and ends with its standard input.
import http from 'node:http';
import { Server } from 'socket.io';

const [id, path] = process.argv.slice(2);
const server = http.createServer((request, response) => {
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify({ id, url: request.url, headers: request.headers }));
});
const io = new Server(server, { path, pingInterval: 200, pingTimeout: 5000 });

for (const space of [io, io.of('/admin')]) {
  space.on('connection', socket => {
    socket.on('whoami', answer => answer(id));
    socket.on('echo', (payload, answer) => answer(payload));
    socket.on('say', text => space.emit('said', `${id}: ${text}`));
    socket.on('leave', () => socket.disconnect(true));
  });
}

server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
process.stdin.on('end', () => process.exit(0)).resume();

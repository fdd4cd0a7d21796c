// An application as the guides have one behind the proxy: REST, health, and WebSockets on every
// path. Prints "listening PORT" and ends with its standard input.
import http from 'node:http';
import { WebSocketServer } from 'ws';

const server = http.createServer((request, response) => {
  const pieces = [];
  request.on('data', piece => pieces.push(piece));
  request.on('end', () => {
    const body = Buffer.concat(pieces);
    const answer = JSON.stringify({
      method: request.method,
      url: request.url,
      headers: request.headers,
      body: body.toString('latin1').slice(0, 200),
      bodyBytes: body.length,
      connection: request.socket.remotePort,
    });
    response.setHeader('Content-Type', 'application/json');
    response.setHeader('X-Served-By', 'app');
    response.end(answer);
  });
});

const sockets = new WebSocketServer({
  server,
  perMessageDeflate: true,
  handleProtocols: protocols => [...protocols][0] ?? false,
});

sockets.on('connection', (socket, request) => {
  const room = request.url;
  socket.room = room;
  socket.send(JSON.stringify({ url: request.url, headers: request.headers }));
  socket.on('message', (data, isBinary) => {
    const text = isBinary ? '' : data.toString();
    if (text.startsWith('all ')) {
      for (const other of sockets.clients) {
        if (other.room === room) {
          other.send(text.slice(4));
        }
      }
    } else if (text.startsWith('close ')) {
      socket.close(Number(text.slice(6)), 'asked to');
    } else {
      socket.send(data, { binary: isBinary });
    }
  });
});

server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
process.stdin.on('end', () => process.exit(0)).resume();

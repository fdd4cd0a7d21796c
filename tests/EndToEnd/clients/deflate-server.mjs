// The official Engine.IO server, echoing. A line of its standard input is the perMessageDeflate
// of a further one: answers "listening NUMBER PORT". Tells "closed NUMBER REASON" of sessions.
// It ends with its standard input.
import http from 'node:http';
import { createInterface } from 'node:readline';
import { Server } from 'engine.io';

let count = 0;

function start(perMessageDeflate) {
  const number = count++;
  const engine = new Server({ perMessageDeflate, maxHttpBufferSize: 1000 });
  engine.on('connection', socket => {
    socket.on('message', data => socket.send(data));
    socket.on('close', reason => console.log(`closed ${number} ${reason}`));
  });
  const server = http.createServer();
  engine.attach(server);
  server.listen(0, '127.0.0.1', () => console.log(`listening ${number} ${server.address().port}`));
}

createInterface({ input: process.stdin })
  .on('line', line => start(JSON.parse(line)))
  .on('close', () => process.exit(0));

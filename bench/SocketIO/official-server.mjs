// The official server: what it does is what Servers.cs does in C#.
//   node --expose-gc official-server.mjs [REDIS_PORT]
import http from "node:http";
import { createRequire } from "node:module";

const require = createRequire(
  new URL("../../tests/EndToEnd/clients/package.json", import.meta.url));
const { Server } = require("socket.io");
const redisPort = process.argv[2];

const server = http.createServer((request, response) => {
  if (request.url === "/gc") {
    global.gc();
    global.gc();
    response.end("ok");
  }
});
const io = new Server(server, { serveClient: false });
if (redisPort) {
  const { createAdapter } = require("@socket.io/redis-adapter");
  const { createClient } = require("redis");
  const pub = createClient({ url: `redis://127.0.0.1:${redisPort}` });
  const sub = pub.duplicate();
  await Promise.all([pub.connect(), sub.connect()]);
  io.adapter(createAdapter(pub, sub));
}
io.on("connection", (socket) => {
  socket.on("tell", (text) => io.emit("news", text));
  socket.on("ask", (text, ack) => ack(text));
});
server.listen(0, "127.0.0.1", 4096, () => console.log(`listening ${server.address().port}`));
// The parent ends it by closing its input.
process.stdin.on("end", () => process.exit()).resume();

// A node of a cluster: the official server with an official Redis adapter, told what to do by
// control.mjs.
//   cluster-node.mjs NAME REDIS_PORT classic|sharded[-MODE]|streams[-spread]
import http from "node:http";
import { createAdapter, createShardedAdapter } from "@socket.io/redis-adapter";
import { Emitter } from "@socket.io/redis-emitter";
import { createAdapter as createStreamsAdapter } from "@socket.io/redis-streams-adapter";
import { createClient } from "redis";
import { Server } from "socket.io";
import { control } from "./control.mjs";

const [name, redisPort, kind] = process.argv.slice(2);
const pub = createClient({ url: `redis://127.0.0.1:${redisPort}` });
const sub = pub.duplicate();
pub.on("error", () => {});
sub.on("error", () => {});
await Promise.all([pub.connect(), sub.connect()]);
const [family, ...mode] = kind.split("-");
const adapter = {
    classic: () => createAdapter(pub, sub),
    sharded: () => createShardedAdapter(
        pub, sub, mode.length ? { subscriptionMode: mode.join("-") } : {}),
    streams: () => createStreamsAdapter(
        pub, mode.length ? { streamCount: 4, useShardedPubSub: true } : {}),
}[family]();
const server = http.createServer();
const io = new Server(server, {
    adapter,
    ...(family === "streams" && { connectionStateRecovery: {} }),
});
const emitter = new Emitter(pub);
const heard = [];

io.on("connection", (socket) => {
    socket.data.name = socket.handshake.auth.name;
});
io.on("said", (...args) => heard.push(args));
io.on("asked", (...args) => args.pop()([name, ...args]));

const pick = (of, { rooms = [], except = [], local, volatile, timeoutMs }) => {
    let to = of;
    if (rooms.length) to = to.to(rooms);
    if (except.length) to = to.except(except);
    if (local) to = to.local;
    if (volatile) to = to.volatile;
    if (timeoutMs) to = to.timeout(timeoutMs);
    return to;
};

/** Buffers travel to the test as {"bytes": base64}. */
const revive = (_, value) =>
    value && typeof value.bytes === "string" ? Buffer.from(value.bytes, "base64") : value;

const operations = {
    emit: (to, { args }) => void to.emit("event", ...args),
    fence: (to, { args }) => void to.emit("fence", ...args),
    join: (to, { room }) => void to.socketsJoin(room),
    leave: (to, { room }) => void to.socketsLeave(room),
    disconnect: (to, { close }) => void to.disconnectSockets(close),
    fetch: async (to) => (await to.fetchSockets()).map((socket) => ({
        id: socket.id, rooms: [...socket.rooms].sort(), name: socket.data.name,
    })),
    ask: async (to, { args }) => to.emitWithAck("ask", ...args),
    // The sharded adapter cannot ask for rooms.
    allRooms: async () => [...(await io.of("/").adapter.allRooms?.() ?? new Set(
        (await io.fetchSockets()).flatMap((socket) => [...socket.rooms])))].sort(),
    flush: () => sub.ping(),
    count: () => io.of("/").adapter.serverCount(),
    say: (_, { args }) => void io.serverSideEmit("said", ...args),
    inquire: (_, { args }) => io.serverSideEmitWithAck("asked", ...args),
};

const port = await control({
    do: async (operation) => {
        const { op, byEmitter, options = {} } = operation;
        operation = JSON.parse(JSON.stringify(operation), revive);
        const result = await operations[op](pick(byEmitter ? emitter : io, options), operation);
        // Whatever was published is with Redis now.
        await pub.ping();
        return result;
    },
    heard: () => heard.splice(0),
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
console.log(`listening ${server.address().port} ${port}.`);

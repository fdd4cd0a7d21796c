// One official client against servers of MatrixHost.cs.
//   matrix-client.mjs VERSION ADDRESS all [FAR ...]  everything, by each transport; prints what it
//                                                    did. Rooms too, when there are more instances
//   matrix-client.mjs VERSION ADDRESS stay MODE      stays; prints "on INSTANCE" at each connect
// VERSION: 2, 3 or 4. ADDRESS, FAR: with the path, such as http://127.0.0.1:8201/socket.io/.
// MODE: polling, upgrade or websocket.
import assert from "node:assert/strict";

const [version, address, task, ...others] = process.argv.slice(2);
const { io } = version === "2"
    ? { io: (await import("socket.io-client-2")).default }
    : await import(version === "3" ? "socket.io-client-3" : "socket.io-client");
const transports = {
    polling: ["polling"],
    upgrade: ["polling", "websocket"],
    websocket: ["websocket"],
};
const isOld = version === "2";

const event = (emitter, name) =>
    new Promise((resolve) => emitter.once(name, (...values) => resolve(values)));
const ask = (socket, name, ...values) =>
    new Promise((resolve) => socket.emit(name, ...values, (...answer) => resolve(answer)));
const fail = (what) => (error) => {
    console.error(`${what}: ${error?.message ?? error} ${error?.description ?? ""}`);
    process.exit(1);
};

function open(mode, namespace = "", more = {}, where = address) {
    const { origin, pathname } = new URL(where);
    return io(origin + namespace, {
        path: pathname, transports: transports[mode], forceNew: true, reconnection: false, ...more,
    });
}

async function talk(mode) {
    const socket = open(mode);
    socket.on("connect_error", fail(mode));
    socket.on("error", fail(mode));
    const upgraded = mode === "upgrade"
        ? new Promise((resolve) => {
            const follow = () => socket.io.engine.once("upgrade", resolve);
            socket.io.engine ? follow() : socket.io.once("open", follow);
        })
        : null;
    await event(socket, "connect");
    assert.match(socket.id, /^[\w-]{20}$/);
    await upgraded;
    const transport = mode === "polling" ? "polling" : "websocket";
    assert.equal(socket.io.engine.transport.name, transport);

    // Events and acknowledgements, both ways.
    const words = "é😀".repeat(500);
    assert.deepEqual(await ask(socket, "echo", 1, words, { a: [null, true] }),
        [1, words, { a: [null, true] }]);
    socket.on("ask", (value, answer) => answer({ got: value }));
    assert.deepEqual(await ask(socket, "ask me", "x"), [{ got: "x" }]);

    // Attachments, both ways, with texts between them.
    const bytes = Buffer.from(Array.from({ length: 5000 }, (_, at) => at % 256));
    const [first, second] = await ask(socket, "echo", { deep: [bytes] }, Buffer.alloc(0));
    assert.deepEqual(Buffer.from(first.deep[0]), bytes);
    assert.equal(second.length ?? second.byteLength, 0);
    const seen = [];
    const all = new Promise((resolve) => socket.on("pushed", (at, piece) => {
        seen.push(`${at} ${Buffer.from(piece).toString("hex")}`);
        if (seen.length === 40) resolve();
    }));
    socket.emit("push", 40);
    await all;
    assert.deepEqual(seen, Array.from({ length: 40 }, (_, at) => `${at} ${Buffer.from([at, 0xff])
        .toString("hex")}`));

    // Every event that was sent arrives once and in its order.
    for (let at = 0; at < 100; at++) socket.emit("count", at, at % 3 ? "é" : Buffer.of(at));
    assert.deepEqual(await ask(socket, "counted"), [Array.from({ length: 100 }, (_, at) => at)]);

    await namespaces(mode);
    if (others.length) await rooms(mode);
    const gone = event(socket, "disconnect");
    socket.emit("leave");
    assert.match((await gone)[0], /^io server disconnect$/);
    socket.close();
    socket.io.engine.close();
}

async function namespaces(mode) {
    const credentials = isOld ? {} : { auth: { token: "letmein" } };
    const inside = open(mode, isOld ? "/inside?token=letmein" : "/inside", credentials);
    await event(inside, "connect");
    assert.deepEqual(await ask(inside, "auth"), [{ token: "letmein" }]);
    assert.equal(inside.id.startsWith("/inside#"), isOld);
    inside.close();

    const outside = open(mode, "/inside");
    const [error] = await event(outside, isOld ? "error" : "connect_error");
    assert.equal(isOld ? error : error.message, "not authorized");
    outside.close();

    const nowhere = open(mode, "/nowhere");
    const [unknown] = await event(nowhere, isOld ? "error" : "connect_error");
    assert.equal(unknown.message, "Invalid namespace");
    nowhere.close();
}

/** A room holds clients of all instances, whoever speaks. */
async function rooms(mode) {
    const all = [address, ...others].map((where) => open(mode, "", {}, where));
    await Promise.all(all.map((socket) => event(socket, "connect")));
    for (const socket of all) assert.deepEqual(await ask(socket, "join", "hall"), [true]);
    const everybody = (name) => Promise.all(all.map((socket) => event(socket, name)));
    for (const [at, speaker] of all.entries()) {
        const heard = everybody("heard");
        speaker.emit("tell", "hall", `é${at}`, Buffer.of(at, 0xff));
        for (const [text, bytes] of await heard) {
            assert.equal(text, `é${at}`);
            assert.deepEqual(Buffer.from(bytes), Buffer.of(at, 0xff));
        }
    }
    const [first, second] = all;
    assert.deepEqual(await ask(first, "part", "hall"), [true]);
    const next = event(first, "heard");
    second.emit("tell", "hall", "not for the first", Buffer.alloc(1));
    second.emit("tell", first.id, "for the first", Buffer.alloc(1));
    assert.equal((await next)[0], "for the first");
    for (const socket of all) socket.close();
}

async function stay(mode) {
    const socket = open(mode, "", { reconnection: true, reconnectionDelay: 20,
        reconnectionDelayMax: 100, timeout: 5000 });
    socket.on("connect", async () => {
        const [instance] = await ask(socket, "instance");
        console.log(`on ${instance}`);
    });
    socket.on("disconnect", (reason) => console.log(`left: ${reason}`));
    process.stdin.on("end", () => process.exit(0)).resume();
}

if (task === "stay") {
    await stay(others[0]);
} else {
    for (const mode of Object.keys(transports)) await talk(mode);
    console.log(`polling, upgrade, websocket${others.length ? ", rooms" : ""}`);
    process.exit(0);
}

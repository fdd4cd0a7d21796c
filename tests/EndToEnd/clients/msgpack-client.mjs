// Speaks to an echo server with the official msgpack parser, and checks what comes back.
//   msgpack-client.mjs URL TRANSPORT[,TRANSPORT]
import assert from "node:assert";
import { io } from "socket.io-client";
import parser from "socket.io-msgpack-parser";

const [url, transports] = process.argv.slice(2);
const socket = io(url, { parser, transports: transports.split(","), auth: { token: "é" } });
socket.on("connect_error", (error) => {
    console.error(error);
    process.exit(1);
});

const values = [
    null, true, 0, -1, 1.5, 300, 2 ** 40, -(2 ** 40), "", "é😀", [], {}, [[1], { a: [2] }],
    Buffer.from([1, 2, 3]), { deep: [Buffer.alloc(300, 7)] }, "x".repeat(70_000),
];
// All arguments of the answer; emitWithAck gives the first alone.
const echo = (...args) =>
    new Promise((resolve) => socket.emit("echo", ...args, (...answer) => resolve(answer)));
await new Promise((resolve) => socket.on("connect", resolve));
assert.match(socket.id, /^[\w-]{20}$/);
assert.deepStrictEqual(await socket.emitWithAck("auth"), { token: "é" });
assert.deepStrictEqual(await echo(...values), values);
// A date is a string to everybody else, and an ArrayBuffer is bytes.
const [date, buffer] = await echo(new Date(1000), Uint8Array.of(9, 8).buffer);
assert.strictEqual(date, "1970-01-01T00:00:01.000Z");
assert.deepStrictEqual(Buffer.from(buffer), Buffer.from([9, 8]));
const asked = new Promise((resolve) => socket.on("ask", (value, ack) => {
    ack({ got: value });
    resolve(value);
}));
const answer = socket.emitWithAck("ask me");
assert.deepStrictEqual(await asked, { bytes: Buffer.from([1]) });
assert.deepStrictEqual(await answer, { got: { bytes: Buffer.from([1]) } });
const refused = io(url + "nobody", { parser, transports: transports.split(",") });
const error = await new Promise((resolve) => refused.on("connect_error", resolve));
assert.strictEqual(error.message, "Invalid namespace");
refused.close();
socket.close();
console.log("as expected");

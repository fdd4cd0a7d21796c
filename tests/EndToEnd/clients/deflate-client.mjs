// The official Engine.IO client with permessage-deflate, against a server that echoes.
//   deflate-client.mjs URL SEED TRANSPORTS OPTIONS
// OPTIONS: perMessageDeflate of the client, in JSON. Prints what was agreed on, and whether a text
// that is worth compressing came in and went out short.
import assert from "node:assert/strict";
import { Socket } from "engine.io-client";

const [url, seed, transports, options] = process.argv.slice(2);
const socket = new Socket(new URL(url).origin, {
    path: new URL(url).pathname, transports: transports.split(","), perMessageDeflate: JSON.parse(options),
});
socket.binaryType = "nodebuffer";
let state = Number(seed);
const random = (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor(state / 65536) % below;
};
const fail = (reason) => {
    console.error(reason);
    process.exit(1);
};

function message() {
    const length = random(3) ? random(3000) : random(90000);
    const words = Array.from({ length: 50 }, (_, at) => `"value${random(1000)}é": ${at},`);
    let text = "";
    while (text.length < length) text += words[random(50)];
    if (random(2)) return text;
    return Buffer.from(text).map((byte) => (random(20) ? byte : random(256)));
}

socket.on("error", (error) => fail(`error: ${error} ${error.description ?? ""}`));
socket.on("upgradeError", (error) => fail(`upgrade: ${error}`));
socket.on("close", (reason) => fail(`closed: ${reason}`));
socket.on(transports.includes(",") ? "upgrade" : "open", async () => {
    const { ws } = socket.transport;
    const echo = (data) => new Promise((resolve) => {
        socket.once("message", resolve);
        socket.send(data);
    });
    // One at a time, then many in flight.
    for (let at = 0; at < 60; at++) {
        const sent = message();
        assert.deepEqual(await echo(sent), sent);
    }
    const many = Array.from({ length: 60 }, message);
    const all = new Promise((resolve) => socket.on("message", (data) => {
        assert.deepEqual(data, many.shift());
        if (many.length === 0) resolve();
    }));
    for (const one of [...many]) socket.send(one);
    await all;
    socket.off("message");

    const { bytesRead, bytesWritten } = ws._socket;
    const text = "what is said again and again, ".repeat(1000);
    assert.equal(await echo(text), text);
    const kind = (bytes) => (bytes < text.length / 20 ? "short" : "whole");
    const agreed = Object.entries(ws._extensions["permessage-deflate"]?.params ?? {})
        .map(([name, value]) => (value === true ? name : `${name}=${value}`));
    console.log([ws.extensions || "none", ...agreed].join("; ")
        + ` | ${kind(ws._socket.bytesRead - bytesRead)} in, `
        + `${kind(ws._socket.bytesWritten - bytesWritten)} out`);
    process.exit(0);
});

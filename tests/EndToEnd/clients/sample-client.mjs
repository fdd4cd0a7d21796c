// A client of the samples, told what to do by control.mjs.
import { io } from "socket.io-client";
import { control } from "./control.mjs";

const sockets = new Map();
const waiting = new Set();

const change = () => {
    for (const check of waiting) check();
};
const until = (reached) => new Promise((resolve) => {
    const check = () => {
        const found = reached();
        if (found === undefined) return;
        waiting.delete(check);
        resolve(found);
    };
    waiting.add(check);
    check();
});

const port = await control({
    connect: async ({ name, url, options }) => {
        const socket = io(url, { forceNew: true, ...options });
        const client = { socket, events: [], error: undefined, connects: 0 };
        sockets.set(name, client);
        socket.onAny((...event) => {
            client.events.push(event);
            change();
        });
        socket.on("connect", () => {
            client.connects++;
            change();
        });
        socket.on("connect_error", (error) => {
            client.error = error.message;
            change();
        });
        return await until(() => client.connects || client.error);
    },
    /** The transport, once it is the wished one. */
    transport: ({ name, wished }) => until(() => {
        const engine = sockets.get(name).socket.io.engine;
        engine.on("upgrade", change);
        return engine.transport.name === wished ? wished : undefined;
    }),
    /** The next event of a name; what stands before it is dropped. */
    next: async ({ name, event }) => {
        const { events } = sockets.get(name);
        const index = await until(() => {
            const found = events.findIndex(([of]) => of === event);
            return found >= 0 ? found : undefined;
        });
        return events.splice(0, index + 1).at(-1);
    },
    ask: ({ name, event, args }) => sockets.get(name).socket.emitWithAck(event, ...args),
    /** Waits until it has connected so many times. */
    connected: ({ name, times }) => until(
        () => sockets.get(name).connects >= times ? true : undefined),
});
console.log(`listening ${port}.`);

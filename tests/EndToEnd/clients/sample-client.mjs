// Clients of the samples, of all versions, told what to do by control.mjs.
import * as version4 from "socket.io-client";
import * as version3 from "socket.io-client-3";
import version2 from "socket.io-client-2";
import { control } from "./control.mjs";

const managers = { 4: version4.Manager, 3: version3.Manager, 2: version2.Manager };

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
    connect: async ({ name, url, options, version }) => {
        const { origin, pathname } = new URL(url);
        const { auth, ...others } = options;
        const manager = new managers[version](origin, others);
        // Version 2 has no auth payload; its namespaces have a query instead.
        const socket = version === 2
            ? manager.socket(pathname, { query: auth })
            : manager.socket(pathname, { auth });
        socket.connect();
        const client = { socket, events: [], error: undefined, connects: 0 };
        sockets.set(name, client);
        const hear = (...event) => {
            client.events.push(event);
            change();
        };
        if (version === 2) {
            const { onevent } = socket;
            socket.onevent = (packet) => {
                hear(...packet.data);
                onevent.call(socket, packet);
            };
            socket.on("error", (error) => {
                client.error = error;
                change();
            });
        } else {
            socket.onAny(hear);
        }
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
    ask: ({ name, event, args }) => new Promise(
        (resolve) => sockets.get(name).socket.emit(event, ...args, resolve)),
    /** Waits until it has connected so many times. */
    connected: ({ name, times }) => until(
        () => sockets.get(name).connects >= times ? true : undefined),
});
console.log(`listening ${port}.`);

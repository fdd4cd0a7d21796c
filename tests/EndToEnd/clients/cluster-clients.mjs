// Many clients in one program, told what to do by control.mjs. Each keeps what it has received
// until the test takes it.
import { io } from "socket.io-client";
import { control } from "./control.mjs";

const clients = new Map();
const changed = new EventTarget();

/** Waits until something is so; the test's own patience ends it when it never is. */
const until = async (reached) => {
    while (!reached())
        await new Promise((resolve) =>
            changed.addEventListener("change", resolve, { once: true }));
};
const change = () => changed.dispatchEvent(new Event("change"));
const plain = (_, value) =>
    value?.type === "Buffer" ? { bytes: Buffer.from(value.data).toString("base64") } : value;

const port = await control({
    connect: async ({ name, url, options = {} }) => {
        const socket = io(url, {
            forceNew: true, transports: ["websocket"], auth: { name }, ...options,
        });
        const client = { socket, events: [], fences: [0, 0], connects: 0 };
        clients.set(name, client);
        socket.onAny((event, ...args) => {
            // With connection state recovery an event ends with its offset.
            if (socket._pid && /^\d+-\d+$/.test(args.at(-1))) args.pop();
            if (event === "fence") client.fences[args[1]] = args[0];
            else if (event === "ask") args.pop()(name + " " + JSON.stringify(args, plain));
            else client.events.push(JSON.parse(JSON.stringify(args, plain)));
            change();
        });
        socket.on("connect", () => {
            client.connects++;
            change();
        });
        socket.on("disconnect", change);
        await until(() => socket.connected);
        return socket.id;
    },
    /** What each has received before both fences; those that are gone wait for none. */
    take: async ({ fence, gone, names = [...clients.keys()] }) => {
        const isThere = ([name, client]) => gone.includes(name)
            ? !client.socket.connected : client.fences.every((passed) => passed >= fence);
        const chosen = [...clients].filter(([name]) => names.includes(name));
        await until(() => chosen.every(isThere));
        const taken = {};
        for (const [name, client] of chosen) {
            if (client.events.length) taken[name] = client.events.splice(0);
            if (gone.includes(name)) clients.delete(name);
        }
        return taken;
    },
    /** Breaks the connection under a client, which comes back by itself to another address. */
    move: async ({ name, url }) => {
        const client = clients.get(name);
        const { socket, connects } = client;
        socket.io.uri = url;
        socket.io.engine.close();
        await until(() => socket.connected && client.connects > connects);
        return { id: socket.id, recovered: socket.recovered };
    },
    /** Breaks the connection, and stays away until it arrives somewhere. */
    leave: async ({ name }) => {
        const { socket } = clients.get(name);
        socket.io.reconnection(false);
        socket.io.engine.close();
        await until(() => !socket.connected);
    },
    arrive: async ({ name, url }) => {
        const { socket } = clients.get(name);
        await until(() => !socket.connected);
        socket.io.uri = url;
        socket.connect();
        await until(() => socket.connected);
        return { id: socket.id, recovered: socket.recovered };
    },
    /** Leaves for good. */
    close: async ({ name }) => {
        clients.get(name).socket.disconnect();
        clients.delete(name);
    },
});
console.log(`listening ${port}.`);

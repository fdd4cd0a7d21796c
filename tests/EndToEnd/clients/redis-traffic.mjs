// Reads along what is said to a Redis, and says it in a form that does not change from run to run.
//   redis-traffic.mjs REDIS_PORT
import notepack from "notepack.io";
import { createClient } from "redis";
import { control } from "./control.mjs";

const [port] = process.argv.slice(2);
const names = new Map();
/** Told when they are taken: names may be given until then. */
const commands = [];

// What a client says of itself, or to stay alive, is its own affair.
const ignored = ["hello", "client", "ping", "info", "auth", "select", "monitor",
    // Reading a stream, which goes on all the time.
    "xread", "xrevrange"];

const escapes = { n: "\n", r: "\r", t: "\t", a: "\x07", b: "\b" };
const unescape = (text) => Buffer.from(
    text.replace(/\\x([0-9a-f]{2})|\\(.)/g, (_, hex, letter) =>
        hex ? String.fromCharCode(parseInt(hex, 16)) : escapes[letter] ?? letter), "latin1");

const decode = (bytes) =>
    bytes[0] === 0x7b ? JSON.parse(bytes.toString()) : notepack.decode(bytes);

/** Chance, and what a connection brings, have names instead. */
const mask = (value, key) => {
    if (key === "uid" || key === "requestId") return value === "emitter" ? value : `<${key}>`;
    if (key === "handshake") return Object.keys(value).sort();
    if (typeof value === "string") return names.get(value) ?? value;
    if (Buffer.isBuffer(value)) return { bytes: value.toString("hex") };
    if (Array.isArray(value)) return value.map((item) => mask(item));
    if (value && typeof value === "object")
        return Object.fromEntries(
            Object.entries(value).map(([name, item]) => [name, mask(item, name)]));
    return value;
};

const channel = (bytes) => {
    const [prefix, nsp, rest, ...more] = bytes.toString().split("#");
    // The channel of one node's own responses: of a sharded one its uid looks like no room here.
    if ((prefix.endsWith("-response") && rest) || /^[0-9a-f]{16}$/.test(rest)) return [prefix, nsp, "<uid>", ...more].join("#");
    return [prefix, nsp, names.get(rest) ?? rest, ...more].join("#");
};

const publish = (command, to, bytes) => {
    const message = mask(decode(bytes));
    // A broadcast is an array that begins with who sent it.
    if (Array.isArray(message) && message[0] !== "emitter") message[0] = "<uid>";
    return `${command} ${channel(to)} ${JSON.stringify(message)}`;
};

/** The fields of an entry; its data is JSON, or MessagePack in base 64. */
const add = (stream, ...rest) => {
    const fields = rest.splice(rest.findIndex((item) => item.toString() === "*") + 1);
    const data = fields.pop();
    const decoded = data[0] === 0x7b
        ? JSON.parse(data.toString()) : notepack.decode(Buffer.from(data.toString(), "base64"));
    return ["XADD", stream, ...rest,
        ...fields.map((item, i) => (fields[i - 1]?.toString() === "uid" ? "<uid>" : item)),
        JSON.stringify(mask(decoded))].join(" ");
};

const client = createClient({ url: `redis://127.0.0.1:${port}` });
const marking = client.duplicate();
await Promise.all([client.connect(), marking.connect()]);
let marks = 0;
let onMark = () => {};
await client.monitor((line) => {
    const [name, ...args] = [...line.toString().matchAll(/"((?:[^"\\]|\\.)*)"/g)]
        .map(([, text]) => unescape(text));
    const command = name.toString().toLowerCase();
    if (ignored.includes(command)) return;
    if (args[0]?.toString() === "flush") return;
    if (command === "publish" && args[0].toString() === "mark") onMark(args[1].toString());
    else if (command.endsWith("publish"))
        commands.push(() => publish(command.toUpperCase(), ...args));
    else if (command === "xadd") commands.push(() => add(...args));
    else if (command.endsWith("subscribe"))
        for (const one of args) commands.push(() => `${command.toUpperCase()} ${channel(one)}`);
    else
        commands.push(
            () => [command.toUpperCase(), args[0], ...args.slice(1).map(channel)].join(" "));
});

const listens = await control({
    /** Ids that have a name from now on. */
    name: (added) => {
        for (const [id, name] of Object.entries(added)) names.set(id, name);
    },
    /** What was said until now, which is until Redis has heard our mark. */
    take: async () => {
        const mark = `${++marks}`;
        const heard = new Promise((resolve) => {
            onMark = (seen) => seen === mark && resolve();
        });
        await marking.publish("mark", mark);
        await heard;
        return commands.splice(0).map((command) => command());
    },
});
console.log(`listening ${listens}.`);

// Sends 100 texts and 100 attachments with the official Engine.IO client, and checks the echoes.
//   engine-client.mjs URL TRANSPORT[,TRANSPORT]
import { Socket } from "engine.io-client";

const [url, transports] = process.argv.slice(2);
const socket = new Socket(url, { transports: transports.split(","), path: "/engine.io/" });
socket.binaryType = "arraybuffer";
const wantsUpgrade = transports.includes(",");
let texts = 0;
let attachments = 0;

const fail = (reason) => {
    console.error(reason);
    process.exit(1);
};

const begin = () => {
    for (let i = 0; i < 100; i++) {
        socket.send(`text ${i} é`);
        socket.send(Uint8Array.of(i, 255 - i, 0));
    }
};

socket.on("open", () => wantsUpgrade || begin());
socket.on("upgrade", begin);
socket.on("upgradeError", (error) => fail(`upgrade: ${error}`));
socket.on("error", (error) => fail(`error: ${error}`));
socket.on("message", (data) => {
    if (typeof data === "string") {
        if (data !== `text ${texts} é`) fail(`text ${texts} is ${data}`);
        texts++;
    } else {
        const bytes = new Uint8Array(data);
        if (bytes.length !== 3 || bytes[0] !== attachments) fail(`attachment ${attachments}`);
        attachments++;
    }
    if (texts === 100 && attachments === 100) {
        console.log(`100 texts, 100 attachments, ${socket.transport.name}`);
        socket.close();
    }
});

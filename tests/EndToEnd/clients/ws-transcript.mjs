// Sends messages over a WebSocket, one after each answer, and prints all that comes until the end.
//   ws-transcript.mjs URL MESSAGE...
import WebSocket from "ws";

const [url, ...messages] = process.argv.slice(2);
const socket = new WebSocket(url);
const next = () => messages.length > 0 && socket.send(messages.shift());

socket.on("message", (data) => {
    console.log(data.toString().replace(/"sid":"[^"]+"/g, '"sid":"ID"'));
    next();
});
socket.on("close", (code) => console.log(`CLOSE(${code})`));
socket.on("error", (error) => console.log(`ERROR ${error.message}`));

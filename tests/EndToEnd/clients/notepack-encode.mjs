// Writes each line of its input, JSON, as the hexadecimal MessagePack of notepack.io 3.
import { createInterface } from "node:readline";
import notepack from "notepack.io";

for await (const line of createInterface({ input: process.stdin }))
    console.log(notepack.encode(JSON.parse(line)).toString("hex"));

// The `ws` package as a client: text, large and binary messages, ping, subprotocol, broadcast and
// closing codes through ws://HOST/PATH. Usage: ws-client.mjs URL [HEADER:VALUE ...]
import assert from 'node:assert/strict';
import { once } from 'node:events';
import WebSocket from 'ws';

const [url, ...lines] = process.argv.slice(2);
const headers = Object.fromEntries(lines.map(line => line.split(/:(.*)/s)));

class Client {
  #inbox = [];
  #waiting = [];

  constructor(protocols = []) {
    this.socket = new WebSocket(url, protocols, { headers });
    this.socket.on('message', (data, isBinary) => {
      const message = isBinary ? data : data.toString();
      const waiter = this.#waiting.shift();
      waiter ? waiter(message) : this.#inbox.push(message);
    });
  }

  async open() {
    await once(this.socket, 'open');
    this.greeting = JSON.parse(await this.receive());
    return this;
  }

  receive() {
    return this.#inbox.length > 0
      ? Promise.resolve(this.#inbox.shift())
      : new Promise(resolve => this.#waiting.push(resolve));
  }

  async echo(message) {
    this.socket.send(message);
    assert.deepEqual(await this.receive(), message);
  }

  async close(code, reason) {
    const closed = once(this.socket, 'close');
    this.socket.close(code, reason);
    return (await closed)[0];
  }
}

const first = await new Client(['chat', 'other']).open();
assert.equal(first.socket.protocol, 'chat');
await first.echo('hello');
await first.echo('');
await first.echo('ü'.repeat(20_000));
await first.echo(Buffer.from(Array.from({ length: 256 }, (_, i) => i)));
await first.echo(Buffer.alloc(1_000_000, 7));
for (let i = 0; i < 200; i++) {
  first.socket.send(`message ${i}`);
}
for (let i = 0; i < 200; i++) {
  assert.equal(await first.receive(), `message ${i}`);
}

first.socket.ping('are you there');
assert.equal((await once(first.socket, 'pong'))[0].toString(), 'are you there');

const second = await new Client().open();
const third = await new Client().open();
second.socket.send('all of you');
for (const client of [first, second, third]) {
  assert.equal(await client.receive(), 'of you');
}

assert.equal(await first.close(1000, 'done'), 1000);
const closed = once(second.socket, 'close');
second.socket.send('close 4001');
const [code, reason] = await closed;
assert.equal(code, 4001);
assert.equal(reason.toString(), 'asked to');
third.socket.terminate();
console.log(JSON.stringify(first.greeting));

// The client of docs/socketio/typed-handlers.md, with the events that were generated for it. A
// line under @ts-expect-error must be refused by the compiler.
import { io, type Socket } from 'socket.io-client';
import type { SocketEvents } from './events.mjs';

declare const process: { argv: string[] };

type Chat = SocketEvents['/chat'];
const socket: Socket<Chat['receive'], Chat['send']> = io(process.argv[2] + '/chat');

const welcome = new Promise<string>(resolve =>
  socket.once('message', (user, text) => resolve(user.toUpperCase() + ' ' + text.length)));
socket.on('poll', (question, answer) => answer(question.length));
console.log(await welcome);

const receipt = await socket.emitWithAck('message', 'hello', new Uint8Array([1, 2, 3]));
const bytes: number = receipt.bytes;
console.log(bytes, await socket.emitWithAck('askMe', 'four'));
console.log(await socket.emitWithAck('sum', 1) + await socket.emitWithAck('sum', 1, 2));

export function refused() {
  // @ts-expect-error: it is a number
  const text: string = receipt.number;
  // @ts-expect-error: there is no such event
  socket.emit('sums', 1, () => {});
  // @ts-expect-error: it takes a number
  socket.emit('sum', 'one', () => {});
  // @ts-expect-error: an answer is a number
  socket.on('poll', (question, answer) => answer(question));
  // @ts-expect-error: nobody sends it
  socket.on('polls', () => {});
  return text;
}

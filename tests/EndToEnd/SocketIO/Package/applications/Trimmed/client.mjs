// Two clients at two nodes of one cluster, and an admin: node client.mjs URL URL
import { io } from 'socket.io-client';

const [here, there] = process.argv.slice(2);
const transports = ['websocket'];
const heard = (socket, name) => new Promise(resolve => socket.once(name, resolve));

const [ada, bob] = [io(here, { transports }), io(there)];
await Promise.all([heard(ada, 'connect'), heard(bob, 'connect')]);
console.log('sum', await ada.emitWithAck('sum', 1, 2));
console.log('who', await ada.emitWithAck('who'));
const said = heard(bob, 'said');
ada.emit('say', 'hello');
console.log('said', (await said).text);
bob.on('asked', (question, answer) => answer(question + '!'));
console.log('ask', await bob.emitWithAck('ask', 'ready'));

const [writer, reader] = [io(here + '/notes'), io(there + '/notes', { transports })];
await Promise.all([heard(writer, 'connect'), heard(reader, 'connect')]);
const kept = heard(reader, 'kept');
const receipt = await writer.emitWithAck('keep', { text: 'note' }, new Uint8Array([1, 2, 3]));
console.log('keep', receipt.length, [...receipt.image].join(), (await kept).text);

console.log('locked', (await heard(io(here + '/locked'), 'connect_error')).message);
const admin = io(here + '/admin', { auth: { username: 'admin', password: 'secret' } });
console.log('admin', (await heard(admin, 'config')).supportedFeatures.includes('JOIN'));
console.log('health', await (await fetch(new URL('/health', here))).text());
console.log('done');

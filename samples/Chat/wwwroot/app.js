import { io } from '/socket.io.esm.min.js';

const $ = id => document.getElementById(id);
let socket;
let user;
let room;
let quiet;

$('login').addEventListener('submit', async event => {
  event.preventDefault();
  say('');
  const answer = await fetch('/dev/aiwm/login', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: $('name').value }),
  });
  if (!answer.ok) return say('This name is not accepted.');
  const signed = await answer.json();
  user = signed.name;
  room = $('room').value.trim();
  connect(signed.token);
});

/** The URL's path is the namespace; the option says where the requests go. */
function connect(token) {
  show('connecting', 'connecting');
  socket = io('/chat', { path: '/dev/aiwm/chat/socket.io/', auth: { token } });
  socket.on('connect', enter);
  socket.on('connect_error', error => {
    // A refusal by the server; after other errors the client tries again by itself.
    if (!socket.active) {
      say(error.message);
      show('closed', 'refused');
    } else {
      show('waiting', 'reconnecting');
    }
  });
  socket.on('disconnect', () => show('waiting', 'reconnecting'));
  socket.on('message', message => {
    $('typing').textContent = '';
    add(`${message.user === user ? '' : message.user + ': '}${message.text}`,
      message.user === user ? 'mine' : '', `through ${message.instance}`);
  });
  socket.on('joined', (where, who) => { add(`${who} has come`, 'notice'); refresh(); });
  socket.on('left', (where, who) => { add(`${who} has left`, 'notice'); refresh(); });
  socket.on('typing', (where, who) => {
    $('typing').textContent = `${who} is writing`;
    clearTimeout(quiet);
    quiet = setTimeout(() => { $('typing').textContent = ''; }, 3000);
  });
}

async function enter() {
  const who = await socket.emitWithAck('whoami');
  $('user').textContent = `${who.user}, at instance ${who.instance}`;
  await refresh();
  $('signin').hidden = true;
  $('chat').hidden = false;
  $('room-title').textContent = room;
  show('open', 'connected');
}

/** Joining again is how one asks who is there. */
async function refresh() {
  const { ok, users, error } = await socket.emitWithAck('join', room);
  if (!ok) return say(error);
  $('users').textContent = `here: ${users.join(', ')}`;
}

$('say').addEventListener('submit', async event => {
  event.preventDefault();
  const { ok, error } = await socket.emitWithAck('say', room, $('text').value);
  if (!ok) return say(error);
  say('');
  $('text').value = '';
});

$('text').addEventListener('input', () => socket.volatile.emit('typing', room));

function add(text, kind, title = '') {
  const item = document.createElement('li');
  item.className = kind;
  item.textContent = text;
  item.title = title;
  if (title) {
    const small = document.createElement('div');
    small.className = 'quiet';
    small.textContent = title;
    item.append(small);
  }
  $('messages').append(item);
  while ($('messages').children.length > 200) $('messages').firstChild.remove();
  item.scrollIntoView({ block: 'nearest' });
}

function show(state, text) {
  $('state').dataset.state = state;
  $('state').textContent = text;
}

function say(text) {
  $('error').textContent = text;
}

import { io } from '/socket.io.esm.min.js';

const $ = id => document.getElementById(id);
const tasks = new Map();
const socket = io();

// ---- what the server tells ----

socket.on('connect', async () => {
  show('open', `connected by ${socket.io.engine.transport.name}`);
  socket.io.engine.on('upgrade', transport => show('open', `connected by ${transport.name}`));
  // What happened while the connection was away is in the list, not in events.
  tasks.clear();
  for (const task of await (await fetch('/api/tasks')).json()) tasks.set(task.id, task);
  render();
  authenticate();
});
socket.on('disconnect', () => show('waiting', 'reconnecting'));
socket.io.on('reconnect_attempt', () => show('waiting', 'reconnecting'));

for (const name of ['taskCreated', 'taskUpdated', 'taskCompleted'])
  socket.on(name, ({ event, data }) => {
    tasks.set(data.id, data);
    tell(`${event}: ${data.title}`);
    render();
  });
socket.on('taskAssigned', ({ event, agentWallet, data }) =>
  tell(`${event}: ${data.title} to ${agentWallet}`));
socket.on('taskDeleted', ({ event, data }) => {
  tell(`${event}: ${tasks.get(data.id)?.title ?? data.id}`);
  tasks.delete(data.id);
  render();
});

async function authenticate() {
  const token = sessionStorage.getItem('token');
  const answer = token && await socket.emitWithAck('authenticate', token);
  $('user').textContent = answer?.name ?? '';
  $('signin').hidden = Boolean(answer?.ok);
  $('new').hidden = !answer?.ok;
  render();
}

// ---- what the user does ----

$('login').addEventListener('submit', async event => {
  event.preventDefault();
  const answer = await call('POST', '/api/login', { name: $('name').value });
  if (!answer.ok) return say('This name is not accepted.');
  sessionStorage.setItem('token', (await answer.json()).token);
  authenticate();
});

$('create').addEventListener('submit', async event => {
  event.preventDefault();
  const answer = await call('POST', '/api/tasks', {
    title: $('title').value, agentWallet: $('agent').value,
  });
  if (answer.ok) $('create').reset();
  else say(`The task was not created (${answer.status}).`);
});

function act(method, task, what = '') {
  return async () => {
    const answer = await call(method, `/api/tasks/${task.id}${what}`);
    if (!answer.ok) say(`This did not work (${answer.status}).`);
  };
}

function call(method, path, body) {
  say('');
  return fetch(path, {
    method,
    headers: {
      'Content-Type': 'application/json',
      Authorization: `Bearer ${sessionStorage.getItem('token')}`,
    },
    body: body && JSON.stringify(body),
  });
}

// ---- the page ----

function render() {
  const sorted = [...tasks.values()].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
  $('tasks').replaceChildren(...sorted.map(row));
  $('empty').hidden = tasks.size > 0;
}

function row(task) {
  const status = { pending: 'waiting', in_progress: 'connecting', completed: 'open' };
  const line = document.createElement('tr');
  line.id = `task-${task.id}`;
  const cell = (...content) => {
    const data = document.createElement('td');
    data.append(...content);
    line.append(data);
  };
  const badge = document.createElement('span');
  badge.className = 'state';
  badge.dataset.state = status[task.status];
  badge.textContent = task.status.replace('_', ' ');
  const buttons = document.createElement('div');
  buttons.style.cssText = 'display:flex;gap:.5rem;justify-content:end';
  if (!$('new').hidden) {
    if (task.status === 'pending') buttons.append(button('Start', act('POST', task, '/start')));
    if (task.status !== 'completed')
      buttons.append(button('Complete', act('POST', task, '/complete')));
    buttons.append(button('Delete', act('DELETE', task)));
  }
  cell(task.title);
  cell(task.agentWallet ?? '');
  cell(badge);
  cell(buttons);
  return line;
}

function button(text, click) {
  const made = document.createElement('button');
  made.className = 'plain';
  made.textContent = text;
  made.addEventListener('click', click);
  return made;
}

function tell(text) {
  const item = document.createElement('li');
  item.textContent = text;
  $('events').prepend(item);
  while ($('events').children.length > 50) $('events').lastChild.remove();
}

function show(state, text) {
  $('state').dataset.state = state;
  $('state').textContent = text;
}

function say(text) {
  $('error').textContent = text;
}

import { ReconnectingWebSocket, webSocketUrl } from './client/reconnecting-websocket.js';

const $ = id => document.getElementById(id);
const sent = new Map();
const seen = new Set();
let socket = null;

$('name').value = new URLSearchParams(location.search).get('user') ?? '';

$('enter').addEventListener('submit', event => {
  event.preventDefault();
  const user = $('name').value.trim();
  socket = new ReconnectingWebSocket(webSocketUrl(`ws/${encodeURIComponent(user)}`));
  show(socket.state);
  socket.addEventListener('state', change => show(change.detail));
  socket.addEventListener('message', message => receive(JSON.parse(message.data)));
  // What was sent and not accepted may be lost: it goes out again, and the server knows its id.
  socket.addEventListener('open', () => {
    for (const { wire, accepted } of sent.values()) if (!accepted) socket.send(wire);
  });
  addEventListener('online', () => socket.reconnectNow());
  $('enter').hidden = true;
  $('room').hidden = false;
  $('to').focus();
});

$('compose').addEventListener('submit', event => {
  event.preventDefault();
  const id = crypto.getRandomValues(new Uint32Array(2)).join('-');
  const [to, text] = [$('to').value.trim(), $('text').value];
  const wire = JSON.stringify({ type: 'message', id, to, text });
  if (socket.state === 'open') socket.send(wire);
  const item = add(`to ${to}: ${text}`, 'mine');
  sent.set(id, { wire, accepted: false, item });
  mark(item, socket.state === 'open' ? 'sending' : 'waits for the connection');
  $('text').value = '';
});

function receive(message) {
  const mine = sent.get(message.id);
  switch (message.type) {
    case 'message': {
      const key = JSON.stringify([message.from, message.id]);
      if (!seen.has(key)) add(`${message.from}: ${message.text}`);
      seen.add(key);
      socket.send(JSON.stringify({ type: 'received', id: message.id, from: message.from }));
      break;
    }
    case 'accepted':
      if (mine && !mine.accepted) {
        mine.accepted = true;
        mark(mine.item, 'accepted');
      }
      break;
    case 'delivered':
      if (mine) mark(mine.item, `delivered in ${message.ms} ms`);
      sent.delete(message.id);
      break;
    case 'refused':
      if (mine) mark(mine.item, `refused: ${message.reason}`);
      else $('error').textContent = message.reason;
      sent.delete(message.id);
      break;
  }
}

function add(text, kind = 'theirs') {
  const item = document.createElement('li');
  item.className = kind;
  item.append(text);
  $('messages').append(item);
  item.scrollIntoView({ block: 'nearest' });
  return item;
}

function mark(item, fate) {
  item.querySelector('small')?.remove();
  const small = document.createElement('small');
  small.className = 'quiet';
  small.textContent = ` (${fate})`;
  item.append(small);
}

function show(state) {
  $('state').dataset.state = state;
  $('state').textContent = state;
}

function list(target, rows) {
  target.replaceChildren(...rows.flatMap(([name, value]) => {
    const [term, detail] = [document.createElement('dt'), document.createElement('dd')];
    term.textContent = name;
    detail.textContent = value;
    return [term, detail];
  }));
}

async function refresh() {
  if (socket) {
    const report = socket.report();
    list($('report'), [
      ['attempts', report.attemptsCount], ['opened', report.openedCount],
      ['dropped', report.droppedCount], ['sent', report.sentCount],
      ['received', report.receivedCount],
      ['heartbeat', report.heartbeatMs.count ? `${report.heartbeatMs.p50.toFixed(1)} ms` : '–'],
    ]);
  }
  try {
    const { connections, messages } = await (await fetch('stats')).json();
    list($('stats'), [
      ['connections', connections.openCount], ['drops', connections.droppedCount],
      ['reconnections', connections.reconnectedCount], ['accepted', messages.acceptedCount],
      ['delivered', `${messages.deliveredCount} (${Math.round(messages.deliveryRate * 100)} %)`],
      ['median latency', `${messages.latencyMs.p50} ms`], ['95 %', `${messages.latencyMs.p95} ms`],
    ]);
  } catch {
    // The state above says that the service is away.
  }
}

setInterval(refresh, 1000);
refresh();

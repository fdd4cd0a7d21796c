const $ = id => document.getElementById(id);
const history = new Map();
let stations = [];
let socket = null;
let failures = 0;

/* Routes: / shows all locks, /stations/ID one of them. */
const shown = () => /^\/stations\/([a-z]+)$/.exec(location.pathname)?.[1] ?? null;

document.addEventListener('click', event => {
  const link = event.target.closest('a[href^="/"]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  window.history.pushState(null, '', link.href);
  render(true);
});
addEventListener('popstate', () => render(true));

$('login').addEventListener('submit', async event => {
  event.preventDefault();
  const answer = await fetch('/api/login', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: $('name').value }),
  });
  if (!answer.ok) return say('This name is not accepted.');
  sessionStorage.setItem('token', (await answer.json()).token);
  start();
});

$('percent').addEventListener('input', () => {
  $('percent-value').textContent = `${$('percent').value} %`;
});

$('gate').addEventListener('submit', async event => {
  event.preventDefault();
  const answer = await call(`/api/stations/${shown()}/gate`, {
    method: 'PUT', body: JSON.stringify({ percent: Number($('percent').value) }),
  });
  if (!answer.ok) say(`The gate was not set (${answer.status}).`);
});

function call(path, options = {}) {
  return fetch(path, {
    ...options,
    headers: {
      Authorization: `Bearer ${sessionStorage.getItem('token')}`,
      'Content-Type': 'application/json',
    },
  });
}

/** Asks REST first: why a WebSocket's handshake was refused, a browser does not tell. */
async function start() {
  say('');
  if (!sessionStorage.getItem('token')) return signOut();
  let answer;
  try {
    answer = await call('/api/stations');
  } catch {
    return later();
  }
  if (answer.status === 401) return signOut();
  if (!answer.ok) return later();
  take(await answer.json());
  connect();
}

function connect() {
  const url = new URL('/api/ws', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.searchParams.set('token', sessionStorage.getItem('token'));
  show('connecting');
  socket = new WebSocket(url);
  socket.onmessage = ({ data }) => receive(JSON.parse(data));
  socket.onclose = ({ code }) => {
    socket = null;
    if (code === 4401) signOut();
    else later();
  };
}

function receive(message) {
  if (message.type === 'welcome') {
    failures = 0;
    $('user').textContent = message.user;
    show('open');
  }
  if (message.stations) take(message.stations);
  if (message.type === 'gate') {
    stations = stations.map(station => station.id === message.station
      ? { ...station, gatePercent: message.gatePercent } : station);
    render();
    const item = document.createElement('li');
    const name = stations.find(station => station.id === message.station)?.name;
    item.textContent = `${message.user} set ${name} to ${message.gatePercent} %`;
    $('events').prepend(item);
    while ($('events').children.length > 20) $('events').lastChild.remove();
  }
}

function take(fresh) {
  stations = fresh;
  for (const { id, levelM } of fresh) {
    const levels = history.get(id) ?? [];
    levels.push(levelM);
    history.set(id, levels.slice(-60));
  }
  render();
}

/** Waits half a second, then twice as long each time, with the upper half by chance. */
function later() {
  show('waiting');
  const ceiling = Math.min(30_000, 500 * 2 ** failures++);
  setTimeout(start, ceiling / 2 * (1 + Math.random()));
}

function signOut() {
  sessionStorage.removeItem('token');
  stations = [];
  $('user').textContent = '';
  show('closed', 'signed out');
  render();
}

function render(isNavigation = false) {
  const isIn = stations.length > 0;
  const station = stations.find(({ id }) => id === shown());
  $('signin').hidden = isIn;
  $('overview').hidden = !isIn || !!station;
  $('detail').hidden = !station;
  $('events-section').hidden = !isIn;
  if (station) {
    const isOther = $('detail-title').textContent !== station.name;
    $('detail-title').textContent = station.name;
    $('values').replaceChildren(...[
      ['level', `${station.levelM.toFixed(2)} m`], ['flow', `${station.flowM3S.toFixed(1)} m³/s`],
      ['gate', `${station.gatePercent} %`],
    ].flatMap(([name, value]) => [element('dt', name), element('dd', value)]));
    if (isOther || isNavigation) {
      $('percent').value = station.gatePercent;
      $('percent-value').textContent = `${station.gatePercent} %`;
    }
  } else if (isIn) {
    renderTable();
  }
}

function renderTable() {
  for (const station of stations) {
    let row = document.getElementById(`row-${station.id}`);
    if (!row) {
      row = element('tr');
      row.id = `row-${station.id}`;
      const link = element('a', station.name);
      link.href = `/stations/${station.id}`;
      const name = element('td');
      name.append(link);
      row.append(name, ...[1, 2, 3].map(() => {
        const cell = element('td');
        cell.className = 'number';
        return cell;
      }), element('td'));
      $('stations').append(row);
    }
    const [, level, flow, gate, line] = row.children;
    level.textContent = `${station.levelM.toFixed(2)} m`;
    flow.textContent = `${station.flowM3S.toFixed(1)} m³/s`;
    gate.textContent = `${station.gatePercent} %`;
    line.replaceChildren(sparkline(history.get(station.id)));
  }
}

function sparkline(levels) {
  const [low, high] = [Math.min(...levels), Math.max(...levels)];
  const points = levels.map((level, at) =>
    `${(at * 120 / 59).toFixed(1)},${(22 - (level - low) / (high - low || 1) * 20).toFixed(1)}`);
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 120 24');
  svg.setAttribute('width', '120');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', `from ${levels[0].toFixed(2)} to ${levels.at(-1).toFixed(2)} m`);
  const line = document.createElementNS(svg.namespaceURI, 'polyline');
  line.setAttribute('points', points.join(' '));
  line.setAttribute('style', 'fill:none;stroke:var(--water);stroke-width:1.5');
  svg.append(line);
  return svg;
}

function element(tag, text = '') {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

function show(state, text = state) {
  $('state').dataset.state = state;
  $('state').textContent = text;
}

function say(text) {
  $('error').textContent = text;
}

start();

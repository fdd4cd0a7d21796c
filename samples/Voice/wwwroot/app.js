const $ = id => document.getElementById(id);
const rate = 16_000;
const frameSamples = rate / 50;
const counts = { sent: 0, received: 0, answers: 0 };
const said = [];
const heard = [];
let socket = null;
let audio = null;
let microphone = null;
let playAt = 0;
let endedAt = 0;

$('connect').addEventListener('submit', event => {
  event.preventDefault();
  socket?.close(1000);
  const url = new URL($('path').value, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.search = $('path').selectedIndex === 0
    ? new URLSearchParams({ language: 'en', voice_type: $('voice').value }).toString()
    : 'preset=default';
  const opened = socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  show('connecting');
  socket.onmessage = ({ data }) => typeof data === 'string' ? obey(JSON.parse(data)) : hear(data);
  socket.onclose = event => {
    if (opened !== socket) return;
    show('closed');
    if (event.code !== 1000) $('error').textContent = `The connection was lost (${event.code}).`;
  };
});

$('tone').addEventListener('click', async () => {
  // Two notes; the pause behind them tells the service that they are over.
  const samples = Int16Array.from({ length: rate }, (_, at) =>
    8000 * Math.sin(2 * Math.PI * (at < rate / 2 ? 330 : 440) * at / rate));
  for (let at = 0; at < samples.length; at += frameSamples) {
    send(samples.slice(at, at + frameSamples));
  }
  endedAt = performance.now();
  socket.send('{"type":"end"}');
});

$('microphone').addEventListener('click', async () => {
  if (microphone) {
    microphone.getTracks().forEach(track => track.stop());
    microphone = null;
    socket.send('{"type":"end"}');
  } else {
    try {
      microphone = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true } });
    } catch (refusal) {
      $('error').textContent = `No microphone: ${refusal.message}`;
      return;
    }
    const context = await speaker();
    await context.audioWorklet.addModule('recorder.js');
    const recorder = new AudioWorkletNode(context, 'recorder');
    recorder.port.onmessage = ({ data }) => {
      if (microphone && socket.readyState === WebSocket.OPEN) {
        endedAt = performance.now();
        send(data);
      }
    };
    context.createMediaStreamSource(microphone).connect(recorder);
  }
  $('microphone').setAttribute('aria-pressed', String(microphone !== null));
  $('microphone').textContent = microphone ? 'Stop the microphone' : 'Use the microphone';
});

function send(samples) {
  socket.send(samples);
  said.push(...samples);
  count('sent');
}

function obey(message) {
  if (message.type === 'ready') show('open');
  if (message.type === 'error') $('error').textContent = message.message;
  if (message.type === 'answer_start') {
    $('latency').textContent = `${(performance.now() - endedAt).toFixed(1)} ms`;
    heard.length = 0;
  }
  if (message.type === 'answer_end') {
    count('answers');
    draw();
    play(Int16Array.from(heard));
    said.length = 0;
  }
}

function hear(bytes) {
  heard.push(...new Int16Array(bytes));
  count('received');
}

async function speaker() {
  audio ??= new AudioContext({ sampleRate: rate });
  await audio.resume();
  return audio;
}

async function play(samples) {
  if (samples.length === 0) return;
  const context = await speaker();
  const buffer = context.createBuffer(1, samples.length, rate);
  buffer.copyToChannel(Float32Array.from(samples, sample => sample / 32768), 0);
  const source = context.createBufferSource();
  source.buffer = buffer;
  source.connect(context.destination);
  playAt = Math.max(playAt, context.currentTime);
  source.start(playAt);
  playAt += buffer.duration;
}

/** Both sides over the same time, so that the other pitch can be seen. */
function draw() {
  const canvas = $('scope');
  const pen = canvas.getContext('2d');
  const style = getComputedStyle(document.body);
  pen.clearRect(0, 0, canvas.width, canvas.height);
  const columns = Math.max(said.length, heard.length) / canvas.width || 1;
  [[said, 70, style.getPropertyValue('--quiet')], [heard, 210, style.getPropertyValue('--water')]]
    .forEach(([samples, middle, colour]) => {
      pen.fillStyle = resolve(colour);
      for (let x = 0; x < canvas.width; x++) {
        let peak = 0;
        for (let at = Math.floor(x * columns); at < (x + 1) * columns; at++) {
          peak = Math.max(peak, Math.abs(samples[at] ?? 0));
        }
        const height = Math.max(1, peak / 32768 * 136);
        pen.fillRect(x, middle - height / 2, 1, height);
      }
    });
}

/** A canvas does not know light-dark(). */
function resolve(colour) {
  const probe = document.createElement('span');
  probe.style.color = colour;
  document.body.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
}

function count(what) {
  $(what).textContent = ++counts[what];
}

function show(state) {
  $('state').dataset.state = state;
  $('state').textContent = state;
  $('tone').disabled = $('microphone').disabled = state !== 'open';
  if (state === 'open') $('error').textContent = '';
}

async function refresh() {
  try {
    const status = await (await fetch('api/v1/ws/simple-voice-chat/status')).json();
    $('active').textContent = status.active_conversations;
    $('heard').textContent = `${(status.bytes_heard / 1024).toFixed(0)} KB`;
    $('answered').textContent = `${(status.bytes_answered / 1024).toFixed(0)} KB`;
  } catch {
    $('active').textContent = '–';
  }
}

setInterval(refresh, 1000);
refresh();

// Archives on their way from this browser to the API. They belong to the tab, not to a page: they go on while a person looks at other
// pages, and after a broken connection or a restarted server they go on where they were cut (tus 1.0).
import { csrf } from './gg.js';
import { forget } from './handles.js';
import { Speed } from './speed.js';

/** Import id → { id, org, project, dataset, name, size, sent, speed, state: 'sending' | 'waiting' | 'failed', problem }. */
const running = new Map();
const listeners = new Set();
const transports = new Map();
const RETRY_DELAYS = [0, 1000, 3000, 5000, 10000];
const PATIENCE = 15000;
const HEAD_BYTES = 65536;
let library;

/** Calls Changed(uploads) and Ended(upload) of the shell for as long as its page lives. */
export function attach(shell) {
  listeners.add(shell);
  if (running.size > 0) changed();
  return { dispose: () => listeners.delete(shell) };
}

/** Starts or resumes an upload; the offer comes from the page, which has asked the API. */
export async function start(file, offer) {
  if (running.has(offer.id) && running.get(offer.id).state !== 'failed') return;
  const upload = { ...offer, size: file.size, sent: 0, speed: 0, state: 'sending', problem: null };
  running.set(offer.id, upload);
  changed();
  library ??= import('../vendor/tus/tus.min.js').catch(error => {
    library = undefined;
    throw error;
  });
  try {
    await library;
  } catch {
    return failed(upload, null);
  }
  // Cancelled while the library was loaded.
  if (running.get(offer.id) === upload) transport(upload, file);
}

export async function cancel(id) {
  const transport = transports.get(id);
  drop(id);
  await transport?.abort();
  changed();
}

/** What tells a file from others: its name, size, time and first bytes. */
export async function fingerprint(file, name) {
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const text = new TextEncoder().encode(`${name}\0${file.size}\0${file.lastModified ?? 0}\0`);
  return [1, file.size, file.lastModified ?? 0, hash(text, head)].join('.');
}

/** 128 bits of four 32-bit FNV-1a hashes with different starts. Not the browser's own SHA-256: plain http on another machine's address
 * has none, and it only has to tell a person's own files apart. */
function hash(...pieces) {
  return [0x811c9dc5, 0x01234567, 0x89abcdef, 0xfedcba98].map(start => {
    let value = start;
    for (const piece of pieces)
      for (const byte of piece) value = Math.imul(value ^ byte, 0x01000193);
    return (value >>> 0).toString(16).padStart(8, '0');
  }).join('');
}

function transport(upload, file) {
  const meter = new Speed();
  let told = 0;
  let later;
  const again = () => {
    clearTimeout(later);
    removeEventListener('online', again);
    if (transports.get(upload.id) !== sender) return;
    change(upload, { state: 'sending' });
    sender.start();
  };
  const sender = new window.tus.Upload(file, {
    uploadUrl: new URL(upload.url, location.origin).href,
    retryDelays: RETRY_DELAYS,
    storeFingerprintForResuming: false,
    // The token of the page that is open when the request is sent.
    onBeforeRequest: request => request.setHeader('X-GpuGeek-Csrf', csrf()),
    onShouldRetry: mayPass,
    onProgress: sent => {
      const now = performance.now();
      if (now - told < 300 && sent < file.size) return;
      told = now;
      change(upload, { sent, speed: meter.at(now, sent), state: 'sending' });
    },
    onSuccess: () => {
      drop(upload.id);
      changed();
      tell('Ended', upload);
    },
    onError: error => {
      if (!mayPass(error)) return failed(upload, problemOf(error));
      // The server is away for longer, or this computer has slept: it goes on when either comes back.
      change(upload, { state: 'waiting', speed: 0 });
      later = setTimeout(again, PATIENCE);
      addEventListener('online', again);
    },
  });
  transports.set(upload.id, sender);
  sender.start();
}

/** Nothing was answered, another request still sends, or the server has trouble: all of this passes. */
function mayPass(error) {
  const status = error.originalResponse?.getStatus() ?? 0;
  if (status === 409) return ['upload_under_way', 'upload_offset_differs'].includes(problemOf(error)?.code);
  return status === 0 || status === 408 || status === 423 || status === 429 || status === 460 || (status >= 500 && status !== 507);
}

function problemOf(error) {
  const response = error.originalResponse;
  if (!response) return null;
  try {
    return JSON.parse(response.getBody());
  } catch {
    // A HEAD has no body.
    const gone = response.getStatus() === 404;
    return { status: response.getStatus(), code: gone ? 'not_found' : 'unexpected_answer', title: `${response.getStatus()}` };
  }
}

function failed(upload, problem) {
  transports.delete(upload.id);
  change(upload, { state: 'failed', speed: 0, problem });
}

function drop(id) {
  transports.delete(id);
  running.delete(id);
  forget(id);
}

function change(upload, facts) {
  Object.assign(upload, facts);
  if (running.get(upload.id) === upload) changed();
}

function changed() {
  tell('Changed', [...running.values()]);
}

// While the page reconnects, uploads continue; only the progress report waits.
function tell(method, ...args) {
  for (const listener of listeners) listener.invokeMethodAsync(method, ...args).catch(() => {});
}

addEventListener('beforeunload', event => {
  if ([...running.values()].some(upload => upload.state !== 'failed')) event.preventDefault();
});

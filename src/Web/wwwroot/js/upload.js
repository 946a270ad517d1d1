// Archives go straight from the browser to the API: never through the page's circuit.
import { csrf } from './gg.js';
import { zipOf } from './zip.js';

const archive = /\.zip$/i;

export function attach(veil, input, page) {
  const gone = new AbortController();
  const listen = (target, event, handler) => target.addEventListener(event, handler, { signal: gone.signal });
  let depth = 0;
  let request = null;

  const carriesFiles = event => event.dataTransfer?.types.includes('Files');
  listen(document, 'dragenter', event => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth++;
    veil.hidden = false;
  });
  listen(document, 'dragleave', event => {
    if (carriesFiles(event) && --depth <= 0) hide();
  });
  listen(document, 'dragover', event => {
    if (carriesFiles(event)) event.preventDefault();
  });
  listen(document, 'drop', async event => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    hide();
    await take(await filesOf(event.dataTransfer));
  });
  listen(input, 'change', async () => {
    const files = [...input.files].map(file => ({ path: file.webkitRelativePath || file.name, file }));
    await take(files);
    input.value = '';
  });
  listen(window, 'beforeunload', event => {
    if (request) event.preventDefault();
  });

  function hide() {
    depth = 0;
    veil.hidden = true;
  }

  async function take(files) {
    if (request || files.length === 0) return;
    if (files.length === 1 && archive.test(files[0].path)) return await send(files[0].file, files[0].path);
    const pictures = files.filter(f => f.path.includes('/'));
    if (pictures.length === 0) return await page.invokeMethodAsync('Refused');
    const root = pictures[0].path.split('/')[0];
    await send(await zipOf(pictures), `${root}.zip`);
  }

  async function send(body, name) {
    const url = await page.invokeMethodAsync('OfferAsync', name, body.size);
    if (!url) return;
    await new Promise(resolve => {
      request = new XMLHttpRequest();
      const { pathname, search } = new URL(url, location.origin);
      request.open('PUT', pathname + search);
      request.setRequestHeader('X-GpuGeek-Csrf', csrf());
      request.setRequestHeader('Content-Type', 'application/octet-stream');
      const meter = new Speed();
      let told = 0;
      request.upload.onprogress = event => {
        const now = performance.now();
        if (now - told < 300 && event.loaded < event.total) return;
        told = now;
        tell('Progressed', event.loaded, event.total, meter.at(now, event.loaded));
      };
      request.onload = () => request.status < 300 ? tell('SentAsync') : tell('Failed', problem(request));
      request.onerror = () => tell('Failed', null);
      request.onloadend = () => {
        request = null;
        resolve();
      };
      request.send(body);
    });
  }

  // While the page reconnects the bytes go on; only the telling waits for the next time.
  const tell = (method, ...args) => page.invokeMethodAsync(method, ...args).catch(() => {});

  return {
    cancel: () => request?.abort(),
    detach: () => gone.abort(),
  };
}

/** Bytes per second over the last five seconds. */
class Speed {
  samples = [];
  at(now, bytes) {
    this.samples.push([now, bytes]);
    while (this.samples.length > 2 && now - this.samples[0][0] > 5000) this.samples.shift();
    const [t0, b0] = this.samples[0];
    return now - t0 < 200 ? 0 : (bytes - b0) / (now - t0) * 1000;
  }
}

function problem(request) {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return { title: `The server answered ${request.status}.`, status: request.status, code: 'unexpected_answer' };
  }
}

/** Dropped files with their paths; folders are walked. */
async function filesOf(transfer) {
  const entries = [...transfer.items].map(item => item.webkitGetAsEntry?.()).filter(Boolean);
  if (entries.length === 0) return [...transfer.files].map(file => ({ path: file.name, file }));
  const found = [];
  const walk = async (entry, path) => {
    if (entry.isFile) {
      found.push({ path: path + entry.name, file: await new Promise((done, failed) => entry.file(done, failed)) });
      return;
    }
    const reader = entry.createReader();
    // A reader gives at most 100 entries at a time.
    for (;;) {
      const batch = await new Promise((done, failed) => reader.readEntries(done, failed));
      if (batch.length === 0) break;
      for (const child of batch) await walk(child, `${path}${entry.name}/`);
    }
  };
  for (const entry of entries) await walk(entry, '');
  return found;
}

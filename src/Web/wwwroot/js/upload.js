// Archives and tables of labels: selected, dropped, or packed here from folders and pictures.
import { csrf } from './gg.js';
import { fileOf, keep, known } from './handles.js';
import { fingerprint, start } from './uploads.js';
import { zipOf } from './zip.js';

const archive = /\.zip$/i;
const table = /\.(csv|tsv|jsonl|ndjson|json)$/i;
const picture = /\.(jpe?g|png|webp|gif|bmp)$/i;

export function attach(veil, input, page) {
  const gone = new AbortController();
  // The page may have been left while this script was loaded: then nothing listens.
  if (!input?.isConnected) gone.abort();
  const listen = (target, event, handler) => target.addEventListener(event, handler, { signal: gone.signal });
  let depth = 0;

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
    // Before anything is awaited: the browser forgets what was dropped when this handler returns.
    const handle = handleOf(event.dataTransfer);
    await take(await filesOf(event.dataTransfer), handle);
  });
  const takeChosen = async () => {
    const files = [...input.files].map(file => ({ path: file.webkitRelativePath || file.name, file }));
    await take(files);
    input.value = '';
  };
  if (input) {
    listen(input, 'change', takeChosen);
    input.dataset.attached = '';
    // Somebody was faster than this script.
    if (input.files.length > 0 && !gone.signal.aborted) takeChosen();
  }

  function hide() {
    depth = 0;
    veil.hidden = true;
  }

  async function take(files, handle) {
    if (files.length === 0) return;
    const [{ file, path }] = files;
    if (files.length === 1 && (archive.test(path) || table.test(path))) return await send(file, path, { handle: await handle });
    const [pictures, labels] = [files.find(f => archive.test(f.path)), files.find(f => table.test(f.path))];
    if (files.length === 2 && pictures && labels) return await send(pictures.file, pictures.path, { labels: labels.file });
    if (files.every(f => archive.test(f.path) && !f.path.includes('/'))) {
      for (const one of files) await send(one.file, one.path);
      return;
    }
    const packed = files.some(f => f.path.includes('/') || table.test(f.path)) ? files : await labelled(files);
    if (packed) await send(await zipOf(packed), `${path.includes('/') ? path.split('/')[0] : 'pictures'}.zip`, { unlabelled: packed.unlabelled });
  }

  /** Pictures in no folder: the person says what they show, and a table in the archive carries it. */
  async function labelled(files) {
    const pictures = files.filter(f => picture.test(f.path)).map((f, i) => ({ path: `${i + 1}/${f.path}`, file: f.file }));
    if (pictures.length === 0) {
      await page.invokeMethodAsync('Refused');
      return null;
    }
    const name = await page.invokeMethodAsync('AskClassAsync', pictures.length);
    if (name === null) return null;
    const quoted = text => `"${text.replaceAll('"', '""')}"`;
    const rows = ['filename,label', ...pictures.map(p => `${quoted(p.path)},${quoted(name)}`)];
    return Object.assign([...pictures, { path: 'labels.csv', file: new Blob([rows.join('\n')]) }], { unlabelled: name === '' });
  }

  /** The page is asked first: may this file come, and does it continue an upload? */
  async function send(file, name, { handle, labels, unlabelled = false } = {}) {
    const offer = await page.invokeMethodAsync('OfferAsync', name, file.size, await fingerprint(file, name), unlabelled);
    if (!offer) return;
    if (labels && !(await sendLabels(offer, labels))) return;
    if (handle) await keep(offer.id, handle);
    await start(file, offer);
  }

  /** @returns Whether the server has the table. */
  async function sendLabels({ id, org, dataset }, labels) {
    const address = `/api/v1/orgs/${org}/datasets/${dataset}/imports/${id}/labels?name=${encodeURIComponent(labels.name)}`;
    const response = await fetch(address, { method: 'PUT', body: labels, headers: { 'X-GpuGeek-Csrf': csrf() } }).catch(() => null);
    if (response?.ok) return true;
    await page.invokeMethodAsync('LabelsFailedAsync', id, (await response?.json().catch(() => null)) ?? null);
    return false;
  }

  known().then(ids => {
    if (ids.length > 0 && !gone.signal.aborted) page.invokeMethodAsync('Remembered', ids).catch(() => {});
  });

  return {
    /** @returns Whether it goes on; false: the file is not here any more, or another one. */
    async resume(id, name) {
      const file = await fileOf(id);
      if (!file) return false;
      await send(file, name);
      return true;
    },
    dispose: () => gone.abort(),
  };
}

/** A promise of the handle of a single dropped file, where the browser has such. */
function handleOf(transfer) {
  return transfer.items.length === 1 ? transfer.items[0].getAsFileSystemHandle?.().catch(() => null) : null;
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
    // A reader returns at most 100 entries at a time.
    for (;;) {
      const batch = await new Promise((done, failed) => reader.readEntries(done, failed));
      if (batch.length === 0) break;
      for (const child of batch) await walk(child, `${path}${entry.name}/`);
    }
  };
  for (const entry of entries) await walk(entry, '');
  return found;
}

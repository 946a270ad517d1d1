// Handles of dropped files, where the browser has such: after a reload one click goes on with the upload. Kept by import id.
const STORE = 'handles';

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('gpugeek-uploads', 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function use(mode, work) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const request = work(database.transaction(STORE, mode).objectStore(STORE));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  } finally {
    database.close();
  }
}

// A private window may refuse its database: then the person chooses the file again.
const tolerant = work => work.catch(() => undefined);

export const keep = (id, handle) => tolerant(use('readwrite', store => store.put(handle, id)));

export const find = id => tolerant(use('readonly', store => store.get(id)));

export const forget = id => tolerant(use('readwrite', store => store.delete(id)));

/** Ids of the imports whose files are known. */
export const known = () => tolerant(use('readonly', store => store.getAllKeys())).then(keys => keys ?? []);

/** The file, after the browser has asked its person; null: they refused, or it is gone. Call it from a click. */
export async function fileOf(id) {
  const handle = await find(id);
  if (!handle) return null;
  try {
    if ((await handle.requestPermission({ mode: 'read' })) !== 'granted') return null;
    return await handle.getFile();
  } catch {
    return null;
  }
}

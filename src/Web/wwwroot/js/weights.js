import { Sender } from './send.js';

export function attach(input, page) {
  const gone = new AbortController();
  const sender = new Sender(page, gone.signal);
  // Null if the page was left while this script was loaded.
  input?.addEventListener('change', async () => {
    const [file] = input.files;
    if (!file || sender.busy) return;
    await sender.send(file, file.name);
    input.value = '';
  }, { signal: gone.signal });
  return {
    cancel: () => sender.cancel(),
    dispose: () => gone.abort(),
  };
}

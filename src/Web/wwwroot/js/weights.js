import { Sender } from './send.js';

export function attach(input, page) {
  const gone = new AbortController();
  const sender = new Sender(page, gone.signal);
  // Null if the page was left while this script was loaded.
  const sendChosen = async () => {
    const [file] = input.files;
    if (!file || sender.busy) return;
    await sender.send(file, file.name);
    input.value = '';
  };
  if (input) {
    input.addEventListener('change', sendChosen, { signal: gone.signal });
    input.dataset.attached = '';
    // Somebody was faster than this script.
    sendChosen();
  }
  return {
    cancel: () => sender.cancel(),
    dispose: () => gone.abort(),
  };
}

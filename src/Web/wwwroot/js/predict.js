// A picture dropped on the page is sent to the endpoint, as any program would send it.
import { csrf } from './gg.js';

export function attach(zone, input, preview, dotnet, url) {
  let shown = null, closed = false;
  // The page may have been left while this script was loaded.
  if (!zone?.isConnected) return { dispose() {} };
  const tell = (method, ...args) => closed ? undefined : dotnet.invokeMethodAsync(method, ...args);

  const send = async file => {
    if (!file || closed) return;
    if (shown) URL.revokeObjectURL(shown);
    shown = URL.createObjectURL(file);
    preview.src = shown;
    preview.hidden = false;
    await tell('Sending');
    try {
      const response = await fetch(url, { method: 'POST', body: file, headers: { 'Content-Type': 'application/octet-stream', 'X-GpuGeek-Csrf': csrf() } });
      await tell(response.ok ? 'Answered' : 'Refused', await response.json());
    } catch {
      await tell('Unreachable');
    }
  };

  const over = yes => event => { event.preventDefault(); zone.classList.toggle('over', yes); };
  zone.addEventListener('dragover', over(true));
  zone.addEventListener('dragleave', over(false));
  zone.addEventListener('drop', event => { over(false)(event); send(event.dataTransfer.files[0]); });
  const sendChosen = () => { send(input.files[0]); input.value = ''; };
  input.addEventListener('change', sendChosen);
  zone.dataset.attached = '';
  // Somebody was faster than this script.
  sendChosen();
  return {
    dispose: () => {
      closed = true;
      if (shown) URL.revokeObjectURL(shown);
    },
  };
}

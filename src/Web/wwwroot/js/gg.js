// Called from the pages' circuits.
export async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) {
    await navigator.clipboard.writeText(text);
    return;
  }
  // Plain http on another machine's address has no clipboard API.
  const area = document.createElement('textarea');
  area.value = text;
  area.style.position = 'fixed';
  area.style.opacity = '0';
  (document.querySelector('dialog[open]') ?? document.body).append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
}

export function showDialog(dialog) {
  if (dialog?.isConnected && !dialog.open) dialog.showModal();
}

// Dialogs that the page closes itself. Their event comes later: the same dialog may be open again by then, and would be closed.
const closedHere = new WeakSet();
window.addEventListener('close', event => { if (closedHere.delete(event.target)) event.stopImmediatePropagation(); }, true);

export function closeDialog(dialog) {
  if (!dialog?.open) return;
  closedHere.add(dialog);
  dialog.close();
}

export function focus(selector) {
  document.querySelector(selector)?.focus();
}

/** The token that proves a change comes from a page of this site; send it as X-GpuGeek-Csrf. */
export function csrf() {
  return document.querySelector('meta[name="gg-csrf"]')?.content ?? '';
}

/** Saves an answer of the API in the form that is asked for: a plain link cannot say what it accepts. */
export async function download(url, accept, name) {
  const response = await fetch(url, { headers: { Accept: accept } });
  if (!response.ok) throw new Error(`The server responded with status ${response.status}.`);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await response.blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

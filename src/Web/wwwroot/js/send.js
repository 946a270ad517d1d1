// Files are sent directly from the browser to the API, never through the page's circuit.
import { csrf } from './gg.js';
import { Speed } from './speed.js';

/** Sends one file at a time and tells the page how far it is: Progressed, SentAsync, Failed. */
export class Sender {
  request = null;

  constructor(page, gone) {
    this.page = page;
    window.addEventListener('beforeunload', event => {
      if (this.request) event.preventDefault();
    }, { signal: gone });
  }

  get busy() {
    return this.request !== null;
  }

  cancel() {
    this.request?.abort();
  }

  /** The page is asked first: may this file come, and where to. */
  async send(body, name) {
    const url = await this.page.invokeMethodAsync('OfferAsync', name, body.size);
    if (!url) return;
    await new Promise(resolve => {
      const request = this.request = new XMLHttpRequest();
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
        this.tell('Progressed', event.loaded, event.total, meter.at(now, event.loaded));
      };
      request.onload = () => request.status < 300 ? this.tell('SentAsync') : this.tell('Failed', problem(request));
      request.onerror = () => this.tell('Failed', null);
      request.onloadend = () => {
        this.request = null;
        resolve();
      };
      request.send(body);
    });
  }

  // While the page reconnects, the upload continues; only the progress report waits.
  tell(method, ...args) {
    this.page.invokeMethodAsync(method, ...args).catch(() => {});
  }
}

function problem(request) {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return { title: `The server responded with status ${request.status}.`, status: request.status, code: 'unexpected_answer' };
  }
}

// The curves and the log of one run. Points go from the hub directly into the charts, not through the circuit.
import { csrf } from './gg.js';

const charts = [
  { id: 'loss', series: [['train/loss', 'train', false], ['val/loss', 'val', true]], canLog: true },
  { id: 'accuracy', series: [['train/accuracy', 'train', false], ['val/accuracy', 'val', true]], percent: true },
  { id: 'rate', series: [['lr', 'train', false]] },
  { id: 'speed', series: [['images_per_second', 'train', false]] },
  { id: 'memory', series: [['system/memory_bytes', 'train', false]], bytes: true },
];
const maxLogLines = 5000;

async function script(src, ready) {
  if (ready()) return;
  await new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement('script'), { src, onload: resolve, onerror: () => reject(new Error(`${src} did not load`)) });
    document.head.append(element);
  });
}

function style(href) {
  if (!document.querySelector(`link[href="${href}"]`)) document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href }));
}

/** Bias-corrected exponential mean, as TensorBoard smooths. */
function smooth(values, alpha) {
  if (!alpha) return values;
  let mean = 0, weight = 0;
  return values.map(value => {
    if (value == null) return null;
    mean = mean * alpha + value;
    weight = weight * alpha + 1;
    return mean / weight;
  });
}

const number = (value, chart) => value == null ? '–'
  : chart.percent ? `${(value * 100).toFixed(1)} %`
  : chart.bytes ? `${(value / 1e9).toFixed(2)} GB`
  : Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 0.01 || value === 0 ? value.toPrecision(3) : value.toExponential(1);

/** Answers at once, so that the page can dispose the view while its libraries and its history are still on their way. */
export function attach(root, dotnet, options) {
  const view = new RunView(root, dotnet, options);
  view.start();
  return view;
}

class RunView {
  constructor(root, dotnet, { org, run, labels, bestBy }) {
    Object.assign(this, { charts: charts.filter(chart => root?.querySelector(`[data-chart="${chart.id}"]`)), root, dotnet, org, run, labels, bestBy, points: new Map(), lastPoint: 0, lastLog: 0, smoothing: 0, logScale: false, plots: new Map(), follow: true, closed: false });
    this.base = `/api/v1/orgs/${encodeURIComponent(org)}/runs/${run}`;
    this.log = root?.querySelector('[data-log]');
    this.closed = !this.log;
  }

  /** Libraries, charts, history, hub. While the server is away it says so and tries again. */
  async start() {
    try {
      await this.open();
    } catch (error) {
      // Requests that were running when the page was left end silently.
      if (this.closed) return;
      console.warn(error);
      this.online(false);
      setTimeout(() => this.start(), 2000);
    }
  }

  async open() {
    if (this.closed) return;
    style('/vendor/uplot/uPlot.min.css');
    await Promise.all([script('/vendor/uplot/uPlot.iife.min.js', () => window.uPlot), script('/vendor/signalr/signalr.min.js', () => window.signalR)]);
    if (this.closed) return;
    if (!this.plots.size) this.draft();
    await this.history();
    if (!this.closed) await this.connect();
  }

  /** The charts without points. */
  draft() {
    for (const chart of this.charts) this.build(chart);
    this.resize = new ResizeObserver(() => this.fit());
    this.resize.observe(this.root);
    this.scheme = matchMedia('(prefers-color-scheme: dark)');
    this.repaint = () => this.charts.forEach(chart => this.build(chart));
    this.scheme.addEventListener('change', this.repaint);
  }

  async history() {
    const [metrics, logs] = await Promise.all(['/metrics?points=1000', '/logs'].map(path => fetch(this.base + path).then(r => r.ok ? r.json() : Promise.reject(new Error(`${path}: ${r.status}`)))));
    if (this.closed) return;
    this.add(metrics.items, metrics.lastSeq);
    this.write(logs.items);
    this.draw();
  }

  async connect() {
    this.hub = new signalR.HubConnectionBuilder()
      .withUrl('/hubs/live', { headers: { 'X-GpuGeek-Csrf': csrf() } })
      .withAutomaticReconnect({ nextRetryDelayInMilliseconds: context => Math.min(500 * 2 ** context.previousRetryCount, 5000) })
      .configureLogging(signalR.LogLevel.None)
      .build();
    this.hub.on('run', update => this.take(update));
    this.hub.onreconnecting(() => this.online(false));
    this.hub.onreconnected(() => this.watch());
    this.hub.onclose(() => { if (!this.closed) { this.online(false); setTimeout(() => this.restart(), 2000); } });
    await this.restart();
  }

  async restart() {
    if (this.closed) return;
    try {
      await this.hub.start();
      await this.watch();
    } catch {
      if (this.closed) return;
      this.online(false);
      setTimeout(() => this.restart(), 2000);
    }
  }

  async watch() {
    try {
      await this.hub.invoke('WatchRun', this.org, this.run, Math.min(this.lastPoint, this.lastLog));
      this.online(true);
    } catch (error) {
      if (!this.closed) throw error;
    }
  }

  online(yes) {
    this.root.dataset.live = yes ? 'on' : 'off';
  }

  take(update) {
    if (this.closed) return;
    this.add(update.points);
    this.write(update.logs);
    if (update.points.length) this.draw();
    if (update.state) this.dotnet.invokeMethodAsync('StateAsync', update.state);
  }

  add(items, last = 0) {
    for (const point of items) {
      if (point.seq <= this.lastPoint) continue;
      if (!this.points.has(point.name)) this.points.set(point.name, []);
      this.points.get(point.name).push(point);
    }
    this.lastPoint = Math.max(this.lastPoint, last, items.at(-1)?.seq ?? 0);
    let count = 0;
    for (const curve of this.points.values()) count += curve.length;
    this.root.dataset.points = count;
  }

  data(chart) {
    const curves = chart.series.map(([name]) => this.points.get(name) ?? []);
    const steps = [...new Set(curves.flatMap(curve => curve.map(p => p.step)))].sort((a, b) => a - b);
    const at = new Map(steps.map((step, i) => [step, i]));
    return [steps, ...curves.map((curve, i) => {
      const values = new Array(steps.length).fill(null);
      for (const p of curve) values[at.get(p.step)] = p.value;
      // Only curves measured at every step are noisy enough to be smoothed.
      return chart.series[i][2] ? values : smooth(values, this.smoothing);
    })];
  }

  build(chart) {
    const place = this.root.querySelector(`[data-chart="${chart.id}"]`);
    const old = this.plots.get(chart.id);
    const zoom = old?.zoomed ? { min: old.plot.scales.x.min, max: old.plot.scales.x.max } : null;
    old?.plot.destroy();
    const css = getComputedStyle(document.documentElement);
    const paint = name => { const probe = document.createElement('i'); probe.style.color = `var(${name})`; this.root.append(probe); const color = getComputedStyle(probe).color; probe.remove(); return color; };
    const [muted, line] = [paint('--muted'), paint('--line')];
    const colors = [css.getPropertyValue('--series-1').trim(), css.getPropertyValue('--series-4').trim()];
    const state = { zoomed: !!zoom };
    const axis = { stroke: muted, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 }, font: '12px system-ui, sans-serif' };
    state.plot = new uPlot({
      width: Math.max(200, place.clientWidth), height: chart.id === 'loss' || chart.id === 'accuracy' ? 240 : 150,
      cursor: { sync: { key: `run-${this.run}` }, drag: { x: true, y: false }, focus: { prox: 24 } },
      scales: { x: { time: false }, y: { distr: chart.canLog && this.logScale ? 3 : 1 } },
      legend: { live: true },
      axes: [axis, { ...axis, size: 62, values: (_, ticks) => ticks.map(v => v == null ? '' : number(v, chart)) }],
      series: [{ label: this.labels.step }, ...chart.series.map(([name, kind, thick], i) => ({
        label: chart.series.length > 1 ? this.labels[kind] : this.labels[chart.id], stroke: colors[i], width: thick ? 2.5 : 1.25, dash: thick ? undefined : [], spanGaps: true,
        points: { show: thick, size: 6, fill: colors[i] }, value: (_, v) => number(v, chart),
      }))],
      hooks: {
        setSelect: [u => { if (u.select.width > 0) state.zoomed = true; }],
        draw: [u => this.markBest(u, muted)],
        ready: [u => u.over.addEventListener('dblclick', () => { state.zoomed = false; })],
      },
    }, this.data(chart), place);
    this.plots.set(chart.id, state);
    if (zoom) state.plot.setScale('x', zoom);
  }

  /** A dashed line where the kept weights were taken: what the validation split chose by. */
  markBest(u, color) {
    const curve = this.points.get(this.bestBy);
    if (!curve?.length) return;
    const isBetter = this.bestBy === 'val/loss' ? (a, b) => a < b : (a, b) => a > b;
    const best = curve.reduce((a, b) => isBetter(b.value, a.value) ? b : a);
    const x = Math.round(u.valToPos(best.step, 'x', true));
    if (x < u.bbox.left || x > u.bbox.left + u.bbox.width) return;
    const { ctx } = u;
    ctx.save();
    ctx.strokeStyle = color;
    ctx.setLineDash([4, 4]);
    ctx.beginPath();
    ctx.moveTo(x, u.bbox.top);
    ctx.lineTo(x, u.bbox.top + u.bbox.height);
    ctx.stroke();
    ctx.restore();
  }

  draw() {
    for (const chart of this.charts) {
      const state = this.plots.get(chart.id);
      if (!state) return;
      state.plot.setData(this.data(chart), !state.zoomed);
    }
  }

  fit() {
    for (const chart of this.charts) {
      const state = this.plots.get(chart.id), width = Math.max(200, state.plot.root.parentElement.clientWidth);
      if (Math.abs(state.plot.width - width) > 1) state.plot.setSize({ width, height: state.plot.height });
    }
  }

  write(lines) {
    const fresh = lines.filter(l => l.seq > this.lastLog);
    if (!fresh.length) return;
    this.lastLog = fresh.at(-1).seq;
    const part = document.createDocumentFragment();
    for (const l of fresh) {
      const row = document.createElement('div');
      row.className = l.level;
      row.append(Object.assign(document.createElement('time'), { textContent: new Date(l.at).toISOString().slice(11, 19) }), document.createTextNode(l.message));
      part.append(row);
    }
    const atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 40;
    this.log.append(part);
    while (this.log.childElementCount > maxLogLines) this.log.firstElementChild.remove();
    if (atEnd) this.log.scrollTop = this.log.scrollHeight;
  }

  setSmoothing(value) {
    this.smoothing = value;
    this.draw();
  }

  setLogScale(yes) {
    this.logScale = yes;
    if (this.plots.size) this.build(charts[0]);
  }

  csv() {
    const rows = [...this.points.values()].flat().sort((a, b) => a.seq - b.seq);
    this.save(new Blob(['seq,name,step,epoch,value,at\r\n' + rows.map(p => `${p.seq},${p.name},${p.step},${p.epoch},${p.value},${p.at}`).join('\r\n')], { type: 'text/csv' }), `run-${this.run}.csv`);
  }

  png() {
    if (!this.plots.size) return;
    const source = this.plots.get('loss').plot.ctx.canvas;
    const canvas = Object.assign(document.createElement('canvas'), { width: source.width, height: source.height * 2 });
    const ctx = canvas.getContext('2d');
    ctx.fillStyle = getComputedStyle(this.root.querySelector('.card')).backgroundColor;
    ctx.fillRect(0, 0, canvas.width, canvas.height);
    ctx.drawImage(source, 0, 0);
    ctx.drawImage(this.plots.get('accuracy').plot.ctx.canvas, 0, source.height);
    canvas.toBlob(blob => this.save(blob, `run-${this.run}.png`));
  }

  save(blob, name) {
    const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  async dispose() {
    this.closed = true;
    this.resize?.disconnect();
    this.scheme?.removeEventListener('change', this.repaint);
    for (const { plot } of this.plots.values()) plot.destroy();
    await this.hub?.stop();
  }
}

/** Bytes per second over the last five seconds. */
export class Speed {
  samples = [];
  at(now, bytes) {
    this.samples.push([now, bytes]);
    while (this.samples.length > 2 && now - this.samples[0][0] > 5000) this.samples.shift();
    const [t0, b0] = this.samples[0];
    return now - t0 < 200 ? 0 : Math.max(0, (bytes - b0) / (now - t0) * 1000);
  }
}

// Arrow keys move in the grid, space and enter open, x picks, 1 to 9 relabel; the end of the list loads more automatically.
export function attach(grid, page) {
  // The page may have been left while this script was loaded.
  if (!grid?.isConnected) return nothing;
  const tiles = () => [...grid.querySelectorAll('.tile')];

  grid.addEventListener('keydown', event => {
    const all = tiles();
    const at = all.indexOf(document.activeElement);
    if (at < 0) return;
    if (/^([x1-9]|Escape)$/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      page.invokeMethodAsync('KeyAsync', event.key, at).catch(() => {});
      return;
    }
    const to = target(event.key, all, at);
    if (to === null) return;
    event.preventDefault();
    focusTile(grid, Math.min(Math.max(to, 0), all.length - 1));
  });

  const more = () => grid.parentElement?.querySelector('.more:not(.busy)');
  const end = new IntersectionObserver(entries => {
    if (entries.some(entry => entry.isIntersecting)) more()?.click();
  }, { rootMargin: '600px' });
  end.observe(grid.parentElement.appendChild(Object.assign(document.createElement('div'), { className: 'tail' })));
  return {
    focus: index => focusTile(grid, index),
    dispose: () => end.disconnect(),
  };
}

const nothing = { focus() {}, dispose() {} };

function target(key, all, at) {
  if (key === 'ArrowRight') return at + 1;
  if (key === 'ArrowLeft') return at - 1;
  if (key === 'Home') return 0;
  if (key === 'End') return all.length - 1;
  if (key !== 'ArrowDown' && key !== 'ArrowUp') return null;
  const from = all[at].getBoundingClientRect();
  const down = key === 'ArrowDown';
  const rows = all.map((tile, index) => ({ index, box: tile.getBoundingClientRect() }))
    .filter(({ box }) => down ? box.top > from.top + 1 : box.top < from.top - 1);
  if (rows.length === 0) return at;
  const top = down ? Math.min(...rows.map(r => r.box.top)) : Math.max(...rows.map(r => r.box.top));
  const middle = from.left + from.width / 2;
  return rows.filter(r => Math.abs(r.box.top - top) < 1)
    .reduce((best, r) => Math.abs(r.box.left + r.box.width / 2 - middle) < Math.abs(best.box.left + best.box.width / 2 - middle) ? r : best).index;
}

function focusTile(grid, index) {
  const all = [...grid.querySelectorAll('.tile')];
  all.forEach((tile, i) => { tile.tabIndex = i === index ? 0 : -1; });
  all[index]?.focus();
  all[index]?.scrollIntoView({ block: 'nearest' });
}

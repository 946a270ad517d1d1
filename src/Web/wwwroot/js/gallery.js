// Measures how many tiles fit beside each other. Arrow keys, Home and End move among all pictures, also to those that are not rendered;
// space and enter open, x picks, 1 to 9 relabel.
export function attach(grid, page) {
  // The page may have been left while this script was loaded.
  if (!grid?.isConnected) return nothing;
  const gap = 6;
  let layout = '';
  let wanted = null;

  const measure = () => {
    const width = grid.clientWidth;
    if (width === 0) return;
    const least = parseFloat(getComputedStyle(grid).getPropertyValue('--tile'));
    const columns = Math.max(1, Math.floor((width + gap) / (least + gap)));
    const rowHeight = Math.floor((width + gap) / columns);
    if (layout === `${columns} ${rowHeight}`) return;
    layout = `${columns} ${rowHeight}`;
    page.invokeMethodAsync('LayoutAsync', columns, rowHeight).catch(() => {});
  };
  const resized = new ResizeObserver(measure);
  resized.observe(grid);

  const focus = at => {
    const tile = grid.querySelector(`.tile[data-at="${at}"]`);
    if (tile) {
      wanted = null;
      tile.focus({ preventScroll: true });
      tile.scrollIntoView({ block: 'nearest' });
      return;
    }
    // Its row is not rendered: it is scrolled to, and the tile gets the focus when it comes.
    wanted = at;
    const above = Math.floor(at / Number(grid.dataset.columns)) * Number(grid.dataset.row);
    window.scrollTo({ top: grid.getBoundingClientRect().top + window.scrollY + above - window.innerHeight / 2 });
  };

  // One tile can be reached with the tab key: the one that had the focus last, else the first.
  const rendered = new MutationObserver(() => {
    if (wanted !== null && grid.querySelector(`.tile[data-at="${wanted}"]`)) focus(wanted);
    if (!grid.querySelector('.tile[tabindex="0"]')) grid.querySelector('.tile[data-at]')?.setAttribute('tabindex', 0);
  });
  rendered.observe(grid, { childList: true, subtree: true });

  grid.addEventListener('focusin', event => {
    if (!event.target.matches('.tile')) return;
    for (const tile of grid.querySelectorAll('.tile[tabindex="0"]')) tile.setAttribute('tabindex', -1);
    event.target.setAttribute('tabindex', 0);
  });

  grid.addEventListener('keydown', event => {
    if (!document.activeElement.matches('.tile')) return;
    const at = Number(document.activeElement.dataset.at);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^([x1-9]|Escape)$/.test(event.key)) {
      page.invokeMethodAsync('KeyAsync', event.key, at).catch(() => {});
      return;
    }
    const to = target(event.key, at, Number(grid.dataset.columns), Number(grid.dataset.count));
    if (to === null) return;
    event.preventDefault();
    focus(to);
  });

  return {
    focus,
    measure,
    dispose: () => {
      resized.disconnect();
      rendered.disconnect();
    },
  };
}

const nothing = { focus() {}, measure() {}, dispose() {} };

function target(key, at, columns, count) {
  const moves = { ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at + columns, ArrowUp: at - columns, Home: 0, End: count - 1 };
  if (!(key in moves)) return null;
  return moves[key] < 0 || moves[key] >= count ? at : moves[key];
}

// Completes @names in a comment: a selected name becomes plain text, so the form also works without it.
const shown = 6;
let count = 0;

/** @param members {name, email, insert}[] */
export function attach(box, members, label) {
  const area = box?.querySelector('textarea');
  // The page may have been left while this script was loaded.
  if (!area) return { dispose() {} };
  const list = Object.assign(document.createElement('ul'), { id: `people-${++count}`, className: 'people', hidden: true });
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', label);
  box.append(list);
  area.setAttribute('aria-controls', list.id);
  area.setAttribute('aria-autocomplete', 'list');
  let found = [], chosen = 0, from = -1;

  const close = () => { list.hidden = true; from = -1; area.removeAttribute('aria-activedescendant'); };

  const draw = () => {
    list.replaceChildren(...found.map((member, i) => {
      const item = document.createElement('li');
      item.id = `${list.id}-${i}`;
      item.setAttribute('role', 'option');
      item.setAttribute('aria-selected', i === chosen);
      item.append(Object.assign(document.createElement('b'), { textContent: member.name }), Object.assign(document.createElement('span'), { textContent: member.email }));
      // Before the text loses its focus.
      item.addEventListener('mousedown', event => { event.preventDefault(); take(member); });
      return item;
    }));
    list.hidden = false;
    area.setAttribute('aria-activedescendant', `${list.id}-${chosen}`);
  };

  const look = () => {
    const before = area.value.slice(0, area.selectionStart);
    const typed = /(?:^|[^\p{L}\p{N}])@([^\s@]*(?: [^\s@]*)?)$/u.exec(before);
    if (!typed) return close();
    const part = typed[1].toLowerCase();
    found = members.filter(m => m.name.toLowerCase().startsWith(part) || m.email.toLowerCase().startsWith(part) || m.name.toLowerCase().split(/\s/).some(word => word.startsWith(part))).slice(0, shown);
    if (!found.length || found.some(m => m.insert.toLowerCase() === part)) return close();
    from = before.length - typed[1].length;
    chosen = 0;
    draw();
  };

  const take = member => {
    const end = area.selectionStart, rest = area.value.slice(end);
    const text = member.insert + (rest.startsWith(' ') ? '' : ' ');
    area.setRangeText(text, from, end, 'end');
    close();
    area.dispatchEvent(new Event('input', { bubbles: true }));
    close();
    area.focus();
  };

  // The person may have started typing before this script was loaded.
  if (document.activeElement === area) look();
  area.addEventListener('input', look);
  area.addEventListener('blur', close);
  area.addEventListener('keydown', event => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) return area.form.requestSubmit();
    if (list.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { chosen = (chosen + step + found.length) % found.length; draw(); }
    else if (event.key === 'Enter' || event.key === 'Tab') take(found[chosen]);
    else if (event.key === 'Escape') { close(); event.stopPropagation(); }
    else return;
    event.preventDefault();
  });
  return { dispose: () => list.remove() };
}

// The frame of every page: works without a circuit too.
document.addEventListener('click', event => {
  const toggle = event.target.closest('[data-nav-toggle]');
  if (toggle) document.body.classList.toggle('nav-open');
  else if (event.target.closest('.rail a, .scrim')) document.body.classList.remove('nav-open');
});

// The base address is the site's root: a plain #main would leave the page.
document.addEventListener('click', event => {
  if (!event.target.closest('.skip')) return;
  event.preventDefault();
  const main = document.getElementById('main');
  main.tabIndex = -1;
  main.focus();
});

document.addEventListener('keydown', event => {
  if (event.key !== 'Escape') return;
  document.body.classList.remove('nav-open');
  const menu = document.querySelector('details.orgs[open]');
  if (!menu) return;
  menu.open = false;
  menu.querySelector('summary').focus();
});

// The menu of organisations closes when something next to it or in it is selected.
document.addEventListener('click', event => {
  for (const menu of document.querySelectorAll('details.orgs[open]')) {
    if (!menu.contains(event.target) || event.target.closest('a')) menu.open = false;
  }
});

// A choice that is submitted as soon as it is made.
document.addEventListener('change', event => {
  if (event.target.matches('[data-submit-on-change]')) event.target.form.requestSubmit();
});

// An invitation's token comes after the # of its link, which browsers do not send. It is kept in this tab while the person signs in, and goes on in a form's body.
const invitation = document.querySelector('form[data-invitation]');
if (invitation) {
  const kept = 'gg:invitation', fromLink = location.hash.slice(1);
  if (fromLink) {
    sessionStorage.setItem(kept, fromLink);
    history.replaceState(null, '', location.pathname);
  }
  const field = invitation.elements['Form.Token'], token = sessionStorage.getItem(kept);
  if (invitation.dataset.invitation === 'stay') sessionStorage.removeItem(kept);
  else if (!field.value && token) {
    field.value = token;
    invitation.requestSubmit();
  }
}

// The same for a link that a form uses at once.
const linked = document.querySelector('form[data-fragment]');
if (linked && location.hash.length > 1) {
  linked.elements[linked.dataset.fragment].value = location.hash.slice(1);
  history.replaceState(null, '', location.pathname);
}

// A share link's token stays after the # of its address, so that the page can be loaded again; only the form's body carries it on. A page of something that still goes on looks again by itself.
const shared = document.querySelector('form[data-shared]');
if (shared) {
  const lookAgain = 15000;
  let next;
  const look = async () => {
    clearTimeout(next);
    shared.elements['Form.Token'].value = location.hash.slice(1);
    try {
      const response = await fetch(shared.action, { method: 'POST', body: new FormData(shared) });
      const page = new DOMParser().parseFromString(await response.text(), 'text/html');
      const fresh = page.querySelector('[data-shared-content]');
      if (!response.ok || !fresh) throw new Error(`The server responded with status ${response.status}.`);
      document.querySelector('[data-shared-content]').replaceWith(fresh);
      document.title = page.title;
      if (fresh.dataset.sharedContent === 'live') next = setTimeout(look, lookAgain);
    } catch {
      // The server is not available: the current content stays.
      next = setTimeout(look, lookAgain);
    }
  };
  addEventListener('hashchange', look);
  look();
}

// A passkey: the device is asked as soon as the page has the options, and its response is submitted in the form.
const passkey = document.querySelector('form[data-passkey]');
if (passkey) {
  const say = (what, isShown) => { passkey.querySelector(`[data-passkey-${what}]`).hidden = !isShown; };
  const isKnown = !!window.PublicKeyCredential?.parseCreationOptionsFromJSON;
  const askDevice = async () => {
    say('failed', false);
    try {
      const options = JSON.parse(passkey.dataset.options);
      const credential = passkey.dataset.passkey === 'create'
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
      passkey.querySelector('[data-passkey-answer]').value = JSON.stringify(credential);
      passkey.requestSubmit();
    } catch (refused) {
      // Declined, timed out, or no passkey: the person can try again or use another method.
      if (!(refused instanceof DOMException)) throw refused;
      say('failed', true);
    }
  };
  passkey.querySelector('[data-passkey-ask]').addEventListener('click', askDevice);
  if (isKnown) askDevice();
  else say('unknown', true);
}

// Account forms: one click is one request, and the button shows that it is working.
document.addEventListener('submit', event => {
  const button = event.target.matches('form[method="post"]') ? event.target.querySelector('button[type="submit"]') : null;
  if (!button) return;
  setTimeout(() => { button.disabled = true; button.classList.add('busy'); });
  setTimeout(() => { button.disabled = false; button.classList.remove('busy'); }, 8000);
});

// After a long break the server has dropped the page's circuit: only a reload helps then.
const reconnect = () => document.getElementById('components-reconnect-modal');
document.addEventListener('components-reconnect-state-changed', event => {
  if (event.detail?.state === 'rejected') location.reload();
}, true);
document.addEventListener('click', event => {
  if (event.target.closest('[data-reload]') && reconnect()) location.reload();
});

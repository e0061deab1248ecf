// Shortcuts at a desk; every one only presses or focuses what is on the page, and none works while somebody types.
// tabs that are pushed sideways begin where one is, also where a browser does not do so by itself
for (const one of document.querySelectorAll(".tabs a[aria-current]")) {
  const row = one.parentElement, box = one.getBoundingClientRect(), room = row.getBoundingClientRect();
  if (box.right > room.right || box.left < room.left) row.scrollLeft += box.left - room.left - (room.width - box.width) / 2;
}
(() => {
  const off = "daoru-keys-off", soon = 1000;
  const sheet = document.getElementById("keys");
  if (!sheet) return;
  const open = document.querySelector('[data-shortcut="?"]');
  const on = sheet.querySelector("[data-keys-on]");
  let goes = 0;

  const typing = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;
  const seen = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.offsetParent);

  function step(selector, by) {
    const all = seen(selector);
    if (!all.length) return;
    const at = all.indexOf(document.activeElement);
    const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1);
    all[next].focus();
  }

  function press(key) {
    const found = seen("[data-shortcut]").find((one) => one.dataset.shortcut === key);
    if (!found) return false;
    if (found.matches("input, select, textarea")) { found.focus(); found.select?.(); } else found.click();
    return true;
  }

  function pressed(event) {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event.target) || sheet.open || localStorage.getItem(off)) return;
    const key = event.key, going = Date.now() - goes < soon;
    goes = 0;
    if (going) {
      const there = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
      if (there) { event.preventDefault(); location.assign(there.href); return; }
    }
    if (key === "g") { goes = Date.now(); return; }
    if (key === "j" || key === "k") step(".rows .row-link, .estate-card .title", key === "j" ? 1 : -1);
    else if (key === "n" || key === "p") step(".problems a, [data-unresolved]", key === "n" ? 1 : -1);
    else if (key !== "?" || !open) { if (!press(key)) return; }
    else sheet.showModal();
    event.preventDefault();
  }

  for (const one of document.querySelectorAll("[data-shortcut]")) {
    if ("?/".includes(one.dataset.shortcut)) continue;
    const key = document.createElement("dt"), does = document.createElement("dd");
    key.append(Object.assign(document.createElement("kbd"), { textContent: one.dataset.shortcut }));
    does.textContent = one.getAttribute("aria-label") || one.textContent.trim();
    sheet.querySelector("[data-more]").append(key, does);
  }
  on.checked = !localStorage.getItem(off);
  on.addEventListener("change", () => on.checked ? localStorage.removeItem(off) : localStorage.setItem(off, "1"));
  open.hidden = false;
  open.addEventListener("click", () => sheet.showModal());
  document.addEventListener("keydown", pressed);
})();

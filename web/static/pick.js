// A list under a field to pick from while one types: estates in the top bar, colleagues after an @ in a comment.
// Without it the top bar leads to the search, and colleagues are ticked below the comment.
(() => {
  const wait = 150, most = 8;

  // Shows items under a field; arrows mark one, Enter or Tab takes it, Escape closes.  Keys of an input method are its own.
  function list(field, label, take) {
    const box = document.createElement("ul");
    box.id = `${field.id}-list`;
    box.className = "pick-list";
    box.hidden = true;
    box.setAttribute("role", "listbox");
    box.setAttribute("aria-label", label);
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-haspopup", "listbox");
    field.setAttribute("aria-controls", box.id);
    field.after(box);
    let items = [], at = -1;

    function mark(next) {
      at = next;
      [...box.children].forEach((option, place) => option.setAttribute("aria-selected", String(place === at)));
      if (at < 0) { field.removeAttribute("aria-activedescendant"); return; }
      field.setAttribute("aria-activedescendant", box.children[at].id);
      box.children[at].scrollIntoView({ block: "nearest" });
    }
    function show(found) {
      items = found;
      box.replaceChildren(...items.map((item, place) => {
        const option = document.createElement("li");
        option.id = `${box.id}-${place}`;
        option.setAttribute("role", "option");
        const below = document.createElement("span");
        below.className = "small soft";
        below.textContent = item.below || "";
        option.append(item.name, " ", below);
        return option;
      }));
      box.hidden = !items.length;
      if (field.getAttribute("role") === "combobox") field.setAttribute("aria-expanded", String(!box.hidden));
      mark(items.length ? 0 : -1);
    }
    const hide = () => show([]);

    field.addEventListener("keydown", (event) => {
      if (box.hidden || event.isComposing || event.keyCode === 229) return;
      if (event.key === "ArrowDown") mark((at + 1) % items.length);
      else if (event.key === "ArrowUp") mark((at - 1 + items.length) % items.length);
      else if (event.key === "Enter" || event.key === "Tab") take(items[at]);
      else if (event.key === "Escape") hide();
      else return;
      event.preventDefault();
    });
    // a list that took the focus would close before it was pressed
    box.addEventListener("pointerdown", (event) => event.preventDefault());
    box.addEventListener("click", (event) => {
      const place = [...box.children].indexOf(event.target.closest("[role=option]"));
      if (place >= 0) take(items[place]);
    });
    field.addEventListener("blur", hide);
    return { show, hide };
  }

  function colleagues(text) {
    const names = [...text.form.querySelectorAll("input[name=mention]")]
      .map((box) => ({ name: box.value, says: box.dataset.says.split(" ") }));
    if (!names.length) return;
    const typed = () => /@([^\s@]{0,12})$/.exec(text.value.slice(0, text.selectionStart));
    const shown = list(text, "提醒谁看", ({ name }) => {
      const begins = text.selectionStart - typed()[0].length;
      text.setRangeText(`@${name} `, begins, text.selectionStart, "end");
      shown.hide();
    });
    text.addEventListener("input", () => {
      const found = typed();
      const words = found ? found[1].toLowerCase() : "";
      const fits = ({ name, says }) => name.includes(words) || says.some((one) => one.startsWith(words));
      shown.show(found ? names.filter(fits).slice(0, most) : []);
    });
  }

  function switcher(link) {
    const field = document.createElement("input");
    Object.assign(field, { id: "switch", type: "text", maxLength: 30, autocomplete: "off" });
    field.placeholder = link.dataset.here || link.textContent;
    field.className = "switch-estate";
    field.dataset.shortcut = "s";
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-label", "切换小区");
    field.setAttribute("aria-expanded", "false");
    const around = document.createElement("span");
    around.className = "switcher";
    around.append(field);
    link.replaceWith(around);
    const shown = list(field, "小区", ({ address }) => location.assign(address));
    let timer = 0, asked = new AbortController();

    async function find() {
      asked.abort();
      asked = new AbortController();
      const words = field.value.trim();
      if (!words) { shown.hide(); return; }
      try {
        const address = `${link.dataset.find}?${new URLSearchParams({ q: words })}`;
        const answer = await fetch(address, { redirect: "manual", signal: asked.signal });
        // signed out meanwhile: the link leads to the sign-in
        if (answer.type === "opaqueredirect") location.assign(link.href);
        shown.show(answer.ok ? (await answer.json()).estates : []);
      } catch { /* the next letter asks again */ }
    }
    field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(find, wait); });
  }

  const link = document.querySelector("[data-find]");
  if (link) switcher(link);
  for (const text of document.querySelectorAll("[data-mentions]")) colleagues(text);
})();

// Keeps a draft while somebody types, and lets fields come and go as the server says.  Without it buttons do the same.
(() => {
  const form = document.querySelector("form[data-drafts]");
  if (!form) return;
  const wait = 1000, retry = 5000;
  let timer = 0, saving = false, again = false, leaving = false;

  const fields = (root) => new Map([...root.querySelectorAll(".field")].map((field) => [field.dataset.key, field]));
  const asked = (cells) => new Map([...cells.children].map((cell) => [cell.dataset.key, cell]));
  const status = (text) => { form.querySelector("[role=status]").textContent = text; };

  function sent() {
    const body = new FormData(form);
    body.set("do", "save");
    return body;
  }

  // Fields that are no longer asked go, fields that are asked now come; files that went along show what was kept.
  function take(page) {
    for (const field of page.querySelectorAll(".field")) renumber(field);
    const here = fields(form), there = fields(page);
    align(here, there, (field) => form.querySelector(".decide").before(field));
    for (const cells of page.querySelectorAll("details .cells")) {
      const mine = document.getElementById(cells.id);
      if (mine) align(asked(mine), asked(cells), (cell) => mine.prepend(cell));
    }
    for (const told of page.querySelectorAll("[data-live]")) {
      const mine = document.getElementById(told.id);
      if (mine && mine.innerHTML !== told.innerHTML) mine.replaceChildren(...told.childNodes);
    }
    for (const [key, field] of there) {
      const mine = here.get(key);
      if (mine) for (const box of mine.querySelectorAll(".photos")) {
        const kept = field.querySelector(`.photos[data-name="${CSS.escape(box.dataset.name)}"]`);
        if (kept && [...box.querySelectorAll("input[type=file]")].some((input) => input.files.length)) box.replaceWith(kept);
      }
    }
  }

  function align(here, there, first) {
    for (const [key, mine] of here) if (!there.has(key)) mine.remove();
    let before = null;
    for (const [key, asked] of there) {
      if (!here.has(key)) before ? before.after(asked) : first(asked);
      before = here.get(key) || asked;
    }
  }

  const empty = (row) => [...row.querySelectorAll("input:not([type=hidden], [type=file]), select, textarea")]
    .every((one) => !one.value || (["radio", "checkbox"].includes(one.type) && !one.checked));
  const byItem = (field) => [...field.querySelectorAll(":scope > .checks")].map((checks) => [...checks.children]);
  const numberOf = (row) => Number(row.id.split(".")[1]);

  // An emptied row of a checklist is none any more, and the server counts those after it anew: so does the page.
  function renumber(told) {
    const mine = fields(form).get(told.dataset.key);
    const here = mine ? byItem(mine) : [], there = byItem(told).map((rows) => rows.filter((row) => !empty(row)));
    const filled = here.map((rows) => rows.filter((row) => !empty(row)));
    // somebody went on meanwhile: the next save tells
    if (!here.length || there.some((rows, at) => rows.length !== filled[at].length)) return;
    let free = 1 + Math.max(...[...here.flat(), ...byItem(told).flat()].map(numberOf));
    here.forEach((rows, at) => {
      for (const row of rows) {
        if (!empty(row) || !filled[at].length) continue;
        if (rows.indexOf(row) < rows.indexOf(filled[at].at(-1))) row.remove();
        else rename(row, free++);
      }
    });
    const pairs = filled.flatMap((rows, at) => rows.map((row, nth) => [row, there[at][nth]]));
    for (const [row, drawn] of pairs.sort(([one], [other]) => numberOf(one) - numberOf(other))) {
      if (row.id === drawn.id) continue;
      rename(row, numberOf(drawn));
      if (drawn.querySelector(".take")) row.querySelector(":scope > .take")?.replaceWith(drawn.querySelector(":scope > .take"));
    }
  }

  function rename(row, number) {
    const before = row.id, after = `${before.split(".")[0]}.${number}`;
    for (const one of [row, ...row.querySelectorAll("*")]) {
      for (const { name, value } of [...one.attributes]) {
        const at = value.indexOf(before), rest = value.slice(at + before.length);
        if (["", "#", "drop:"].includes(value.slice(0, at)) && /^($|[.-])/.test(rest)) one.setAttribute(name, value.replace(before, after));
      }
    }
    form.dispatchEvent(new CustomEvent("moved", { detail: { before, after } }));
  }

  async function save() {
    if (saving) { again = true; return; }
    clearTimeout(timer);
    saving = true;
    status("保存中…");
    const body = sent();
    try {
      const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
      if (answer.type === "opaqueredirect") {
        status("登录已过期，已填的内容还在这一页。请在另一个窗口重新登录，再回来按“保存草稿”。");
        return;
      }
      const page = answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
      const kept = page && page.querySelector("form[data-drafts]");
      if (!kept) throw new Error(String(answer.status));
      form.elements.revision.value = kept.elements.revision.value;
      take(kept);
      form.dispatchEvent(new CustomEvent("draft", { detail: body }));
      const clash = page.querySelector("#problems");
      status(clash ? clash.innerText : kept.querySelector("[role=status]").textContent);
    } catch {
      status("没有存上，已填的内容还在这一页；网络恢复后会再存，也可以按“保存草稿”。");
      timer = setTimeout(save, retry);
    } finally {
      saving = false;
      if (again) { again = false; later(); }
    }
  }

  function later(event) {
    if (leaving || (event && event.isComposing)) return;
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  }

  // On a slow line somebody may have typed before this file was here.
  function touched(one) {
    if (one.type === "checkbox" || one.type === "radio") return one.checked !== one.defaultChecked;
    if (one.options) return [...one.options].some((option) => option.defaultSelected && !option.selected);
    return one.type !== "file" && one.defaultValue !== undefined && one.value !== one.defaultValue;
  }

  window.addEventListener("online", () => later());
  if ([...form.elements].some(touched)) later();
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", () => { leaving = true; clearTimeout(timer); });
})();

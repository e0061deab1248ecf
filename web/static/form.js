// Keeps a draft while somebody types, and lets fields come and go as the server says.  Without it buttons do the same.
(() => {
  const form = document.querySelector("form[data-drafts]");
  if (!form) return;
  const wait = 1000, retry = 5000;
  let timer = 0, saving = false, again = false, leaving = false;

  const fields = (root) => new Map([...root.querySelectorAll(".field")].map((field) => [field.dataset.key, field]));
  const status = (text) => { form.querySelector("[role=status]").textContent = text; };

  function sent() {
    const body = new FormData(form);
    body.set("do", "save");
    return body;
  }

  // Fields that are no longer asked go, fields that are asked now come, and evidence shows what was kept.
  function take(page) {
    const here = fields(form), there = fields(page);
    for (const [key, field] of here) if (!there.has(key)) field.remove();
    let before = null;
    for (const [key, field] of there) {
      const mine = here.get(key);
      if (!mine) before ? before.after(field) : form.querySelector(".decide").before(field);
      else if (mine.querySelector("input[type=file]")) mine.replaceWith(field);
      before = form.querySelector(`.field[data-key="${key}"]`);
    }
  }

  async function save() {
    if (saving) { again = true; return; }
    clearTimeout(timer);
    saving = true;
    status("保存中…");
    try {
      const answer = await fetch(form.action, { method: "POST", body: sent(), redirect: "manual" });
      if (answer.type === "opaqueredirect") {
        status("登录已过期，已填的内容还在这一页。请在另一个窗口重新登录，再回来按“保存草稿”。");
        return;
      }
      const page = answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
      const kept = page && page.querySelector("form[data-drafts]");
      if (!kept) throw new Error(String(answer.status));
      form.elements.revision.value = kept.elements.revision.value;
      take(kept);
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

  window.addEventListener("online", () => later());
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", () => { leaving = true; clearTimeout(timer); });
})();

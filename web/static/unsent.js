// Photos that wait in this browser's own database: kept over a closed page, counted on every page, and told in the
// inbox by task.  Without it photos are posted with their form and nothing waits.
(() => {
  const badge = document.querySelector(".unsent");
  if (!badge) return;
  const { who } = badge.dataset;
  let count = 0;

  // where a browser has no database they wait as long as the page is open
  const spare = new Map();
  const database = new Promise((found) => {
    const asked = indexedDB.open("daoru-photos", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("waiting", { keyPath: "key" });
    asked.onsuccess = () => found(asked.result);
    asked.onerror = () => found(null);
  }).catch(() => null);

  async function stored(mode, ask) {
    const opened = await database;
    if (!opened) return null;
    return new Promise((done, failed) => {
      const asked = ask(opened.transaction("waiting", mode).objectStore("waiting"));
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => failed(asked.error);
    });
  }

  async function keep(photo) {
    spare.set(photo.key, photo);
    // a full or private browser keeps nothing: the photo still goes up while the page is open
    await stored("readwrite", (store) => store.put(photo)).catch(() => null);
    await tell();
  }

  async function forget(key) {
    spare.delete(key);
    await stored("readwrite", (store) => store.delete(key)).catch(() => null);
    await tell();
  }

  // a photo that was refused goes with the page; its tile says why until then
  async function refuse(photo) {
    photo.refused = true;
    await stored("readwrite", (store) => store.delete(photo.key)).catch(() => null);
    await tell();
  }

  async function waiting() {
    const kept = (await stored("readonly", (store) => store.getAll()).catch(() => null)) || [];
    const all = new Map([...kept, ...spare.values()].map((photo) => [photo.key, photo]));
    return [...all.values()].filter((photo) => photo.who === who).sort((one, other) => one.chosen - other.chosen);
  }

  const task = (photo) => photo.address.replace(/\/photos$/, "");

  async function tell() {
    const tasks = new Map();
    for (const photo of await waiting()) {
      if (!photo.refused) tasks.set(photo.address, [...(tasks.get(photo.address) || []), photo]);
    }
    const all = [...tasks.values()];
    count = all.flat().length;
    badge.hidden = !count;
    badge.querySelector(".count").textContent = String(count);
    badge.href = all.length === 1 ? task(all[0][0]) : badge.dataset.list;
    list(all);
  }

  function list(tasks) {
    const shown = document.getElementById("unsent");
    if (!shown) return;
    shown.hidden = !tasks.length;
    shown.querySelector("ul").replaceChildren(...tasks.map((photos) => {
      const row = document.createElement("li"), link = document.createElement("a"), drop = document.createElement("button");
      link.href = task(photos[0]);
      link.textContent = `${photos[0].title || "一项任务"}：${photos.length} 张照片没有传完，打开接着传`;
      Object.assign(drop, { type: "button", className: "btn btn-quiet btn-slim", textContent: "不传了" });
      drop.setAttribute("aria-label", `不传了：${photos[0].title || "一项任务"}`);
      drop.addEventListener("click", async () => {
        if (!confirm(`这 ${photos.length} 张照片只在这台设备上，丢弃后找不回来。仍要丢弃吗？`)) return;
        for (const photo of photos) await forget(photo.key);
      });
      row.append(link, drop);
      return row;
    }));
  }

  // signing out empties the browser's database
  for (const form of document.querySelectorAll("form[data-leaves]")) {
    form.addEventListener("submit", (event) => {
      if (count && !confirm(`还有 ${count} 张照片没有传完，现在退出，这几张会丢失。仍要继续吗？`)) event.preventDefault();
    });
  }
  document.addEventListener("visibilitychange", tell);
  window.addEventListener("pageshow", tell);
  globalThis.daoruUnsent = { keep, forget, refuse, waiting, spare };
})();

// Photos that wait in this browser's own database: kept over a closed page, counted on every page together with the
// visits of a round, and told in the inbox by task.  Without it photos are posted with their form and nothing waits.
(() => {
  const badge = document.querySelector(".unsent");
  if (!badge) return;
  const { who } = badge.dataset;
  let count = 0, waits = "";

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

  // what a round of doors keeps (rounds.js), by the address of its page; a browser that keeps none gets no database
  const rounds = () => new Promise((found) => {
    const asked = indexedDB.open("daoru-rounds");
    asked.onupgradeneeded = () => asked.transaction.abort();
    asked.onerror = () => found([]);
    asked.onsuccess = () => {
      const names = ["visits", "photos"].filter((name) => asked.result.objectStoreNames.contains(name));
      if (!names.length) { asked.result.close(); found([]); return; }
      const held = asked.result.transaction(names), all = names.map((name) => held.objectStore(name).getAll());
      held.oncomplete = () => { asked.result.close(); found(all.flatMap(({ result }) => result).filter((one) => one.who === who && one.state === "waiting").map((one) => `${one.base}/round`)); };
      held.onerror = () => { asked.result.close(); found([]); };
    };
  }).catch(() => []);

  const task = (photo) => photo.address.replace(/\/photos$/, "");

  async function tell() {
    const tasks = new Map();
    for (const photo of await waiting()) {
      if (!photo.refused) tasks.set(photo.address, [...(tasks.get(photo.address) || []), photo]);
    }
    const all = [...tasks.values()], visits = await rounds();
    const pages = [...new Set([...all.map((photos) => task(photos[0])), ...visits])];
    waits = [[all.flat().length, "张照片"], [visits.length, "项走访"]].filter(([number]) => number).map(([number, word]) => `${number} ${word}`).join("、");
    count = all.flat().length + visits.length;
    badge.hidden = !count;
    badge.querySelector(".count").textContent = String(count);
    badge.href = pages.length === 1 ? pages[0] : badge.dataset.list;
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
      if (count && !document.getElementById("rounds") && !confirm(`还有 ${waits}没有传完，现在退出会丢失。仍要继续吗？`)) event.preventDefault();
    });
  }
  document.addEventListener("visibilitychange", tell);
  window.addEventListener("pageshow", tell);
  globalThis.daoruUnsent = { keep, forget, refuse, waiting, spare };
})();

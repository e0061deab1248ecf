// A round of doors without a network: the packet, and visits and photos that are not sent yet, lie in this browser and go
// up when they can.
(() => {
  const root = document.getElementById("rounds");
  if (!root) return;
  const { base, who, token } = root.dataset, packetKey = `packet:${base}`, retry = 10000;
  const words = JSON.parse(root.dataset.words), signs = JSON.parse(root.dataset.signs), concerns = JSON.parse(root.dataset.concerns);
  const side = 1600, quality = 0.8, clockOff = 600000;
  let packet = null, outbox = [], photos = [], shots = [], here = null, sending = false, timer = 0;

  // the browser's own database: packets, visits that are not settled, and their photos
  const opened = new Promise((found, failed) => {
    const asked = indexedDB.open("daoru-rounds", 2);
    asked.onupgradeneeded = () => {
      const there = asked.result.objectStoreNames;
      if (!there.contains("packets")) asked.result.createObjectStore("packets");
      for (const name of ["visits", "photos"]) if (!there.contains(name)) asked.result.createObjectStore(name, { keyPath: "key" });
    };
    asked.onsuccess = () => { asked.result.onversionchange = () => asked.result.close(); found(asked.result); };
    asked.onerror = () => failed(asked.error);
  });
  async function in_(stores, mode, act) {
    const held = (await opened).transaction(stores, mode), asked = act(...[stores].flat().map((name) => held.objectStore(name)));
    return new Promise((found, failed) => {
      held.oncomplete = () => found(asked && asked.result);
      held.onerror = held.onabort = () => failed(held.error);
    });
  }
  const keep = (visit) => in_("visits", "readwrite", (store) => store.put(visit));
  const keepPhoto = (photo) => in_("photos", "readwrite", (store) => store.put(photo));
  // a visit and its photos are kept together or not at all
  const keepBoth = (visit, taken) => in_(["visits", "photos"], "readwrite", (visits, store) => { visits.put(visit); for (const one of taken) store.put(one); });
  const forget = (key) => in_("visits", "readwrite", (store) => store.delete(key));
  const forgetPhoto = (key) => in_("photos", "readwrite", (store) => store.delete(key));
  const mine = async (name = "visits") => (await in_(name, "readonly", (store) => store.getAll())).filter((one) => one.who === who && one.base === base);
  const id = () => (crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random().toString(16).slice(2)}`);

  const make = (tag, given, ...inside) => { const made = Object.assign(document.createElement(tag), given); made.append(...inside); return made; };
  const told = (text) => { root.querySelector("[role=status]").textContent = text; };
  const today = () => new Date(Date.now() - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 10);
  const unsent = () => outbox.filter((one) => one.state === "waiting");
  // what waits for a person to decide about its visit waits for no network
  const undecided = () => outbox.filter((one) => ["clash", "refused"].includes(one.state)).map((one) => one.key);
  const unsentPhotos = () => photos.filter((one) => one.state === "waiting" && !undecided().includes(one.visit));
  const left = () => [[unsent().length, "条"], [unsentPhotos().length, "张照片"]].filter(([count]) => count).map(([count, word]) => `${count} ${word}`).join("、");

  function shows(door) {
    const last = outbox.filter((one) => one.unit_no === door.unit_no && one.state !== "refused").at(-1);
    return last ? { look: last.result, settled: !["NOBODY", "CALL_BACK"].includes(last.result) || last.result === "REFUSED", today: true }
      : { look: door.shows, settled: door.settled, today: !door.due };
  }
  const wanted = (door) => { const found = shows(door); return !found.settled && !found.today && !door.vacant; };

  function draw() {
    const waiting = left(), clashes = outbox.filter((one) => one.state === "clash" || one.state === "refused");
    root.querySelector(".net").textContent = `${navigator.onLine ? "有网络" : "离线，存在本机"} · ${waiting ? `${waiting}没有传完` : "都已上传"}`;
    root.querySelector(".clashes").replaceChildren(...clashes.map(clash), ...photos.filter((one) => one.state === "refused").map(refusedPhoto));
    if (!packet) return;
    root.querySelector(".when").textContent = `${packet.taken} 取的名单，${packet.doors.length} 户，还有 ${packet.doors.filter(wanted).length} 户要走`;
    root.querySelector(".doors").replaceChildren(...packet.doors.map((door) => {
      const found = shows(door), looks = { SUPPORT: "s", HESITANT: "h", AGAINST: "a", NOBODY: "n", CALL_BACK: "c", REFUSED: "r" };
      const cell = make("button", { type: "button", className: found.look ? looks[found.look] : door.vacant ? "v" : "u", textContent: `${door.label} ${found.look ? signs[found.look] : door.vacant ? "／" : ""}` });
      cell.setAttribute("aria-label", `${door.unit_no} ${found.look ? words[found.look] : "未访"}`);
      cell.dataset.unit = door.unit_no;
      cell.addEventListener("click", () => open(door));
      return cell;
    }));
  }

  function clash(one) {
    const box = make("div", { className: "problems" }, make("strong", { textContent: `${one.unit_no}：${one.why}` }));
    box.append(make("p", { className: "mb-1", textContent: `您 ${one.taken_at.slice(11, 16)} 登记：${words[one.result]}${one.note ? `，${one.note}` : ""}` }));
    if (one.state === "clash" && one.theirs) {
      const take = make("button", { type: "button", className: "btn btn-quiet", textContent: "用我的" });
      take.addEventListener("click", async () => { Object.assign(one, { state: "waiting", revision: one.theirs }); await keep(one); await load(); send(); });
      box.append(take, " ");
    }
    const drop = make("button", { type: "button", className: "btn btn-quiet", textContent: one.state === "clash" ? "保留他的" : "知道了，不登记" });
    drop.addEventListener("click", async () => {
      // photos of a visit that is not kept have nowhere to go; of one that somebody else changed they stay with it
      if (one.state === "refused" || !one.theirs) for (const photo of photos) if (photo.visit === one.key) await forgetPhoto(photo.key);
      await forget(one.key);
      await load();
      send();
    });
    box.append(drop);
    return box;
  }

  function refusedPhoto(photo) {
    const drop = make("button", { type: "button", className: "btn btn-quiet", textContent: "知道了" });
    drop.addEventListener("click", async () => { await forgetPhoto(photo.key); await load(); });
    return make("div", { className: "problems" }, make("p", { className: "mb-1", textContent: `${photo.unit_no} 的一张照片没有收：${photo.why}` }), drop);
  }

  // photos: made small here, so that they lie light in this browser and say nothing of where they were taken
  async function small(file) {
    const drawn = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
    if (!drawn) return file;
    const share = Math.min(1, side / Math.max(drawn.width, drawn.height));
    const canvas = make("canvas", { width: Math.round(drawn.width * share), height: Math.round(drawn.height * share) });
    canvas.getContext("2d").drawImage(drawn, 0, 0, canvas.width, canvas.height);
    drawn.close();
    return new Promise((found) => canvas.toBlob((blob) => found(blob || file), "image/jpeg", quality));
  }

  async function shot(blob) {
    const row = make("li", { className: "tile" }), drawn = await createImageBitmap(blob).catch(() => null);
    if (drawn) {
      const canvas = make("canvas", { width: 140, height: Math.round(140 * drawn.height / drawn.width) });
      canvas.getContext("2d").drawImage(drawn, 0, 0, canvas.width, canvas.height);
      row.append(canvas);
    } else row.append(make("span", { className: "paper", textContent: "照片" }));
    const drop = make("button", { type: "button", className: "btn btn-quiet btn-sm", textContent: "不要这张" });
    drop.addEventListener("click", () => { shots = shots.filter((one) => one !== blob); row.remove(); });
    row.append(drop);
    return row;
  }

  // one door
  const form = root.querySelector("form");
  function open(door) {
    here = door;
    const own = outbox.filter((one) => one.unit_no === door.unit_no && ["waiting", "sent"].includes(one.state)).at(-1);
    form.reset();
    form.hidden = false;
    form.querySelector("h2").textContent = `${door.unit_no} ${door.owner}`;
    form.querySelector(".recap").textContent = door.refused ? "⊘ 已拒访，不再上门。" : door.last || "还没有走访过。";
    form.querySelector("fieldset").disabled = door.refused;
    form.dataset.key = own ? own.key : "";
    shots = [];
    const kept = own ? photos.filter((one) => one.visit === own.key && one.state === "waiting").length : 0;
    form.querySelector(".kept-photos").textContent = kept ? `这次走访已拍 ${kept} 张，还没有传完。` : "";
    form.querySelector(".tiles").replaceChildren();
    if (own) for (const [name, value] of Object.entries(own)) {
      const field = form.elements[name];
      if (field && ["result", "note", "follow_up", "promise", "promise_owner", "promise_due"].includes(name)) field.value = value;
    }
    form.scrollIntoView({ block: "start" });
  }

  form.elements.shot.addEventListener("change", async ({ target }) => {
    const most = Number(form.dataset.most), files = [...target.files], free = most - shots.length - photos.filter((one) => one.visit === form.dataset.key).length;
    target.value = "";
    if (files.length > free) told(`一次走访最多 ${most} 张照片，多出的没有收。`);
    for (const file of files.slice(0, Math.max(0, free))) {
      const blob = await small(file);
      shots.push(blob);
      form.querySelector(".tiles").append(await shot(blob));
    }
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const given = Object.fromEntries([...new FormData(form)].filter(([name]) => !["concerns", "shot"].includes(name)));
    given.concerns = new FormData(form).getAll("concerns").join(" ");
    if (given.result === "CALL_BACK" && !given.follow_up) { told("约了时间要写明哪一天。"); form.elements.follow_up.focus(); return; }
    if (given.promise && !(given.promise_owner && given.promise_due)) { told("承诺要写落实人和期限。"); form.querySelector("details.promise").open = true; return; }
    const before = outbox.find((one) => one.key === form.dataset.key);
    const again = before ? { key: before.key, revision: before.state === "sent" ? before.kept : before.revision, taken_at: before.taken_at }
      : { key: id(), revision: "", taken_at: new Date().toISOString() };
    const of = { base, who, unit_no: here.unit_no, state: "waiting" }, taken = shots.map((blob) => ({ ...of, key: id(), visit: again.key, blob }));
    try {
      await keepBoth({ ...given, ...again, ...of }, taken);
    } catch {
      told("这部手机存不下了，没有登记；请先联网上传，或少拍几张照片。");
      return;
    }
    await load();
    told(`${here.unit_no} ${words[given.result]}，已存本机`);
    const at = packet.doors.indexOf(here), next = [...packet.doors.slice(at + 1), ...packet.doors.slice(0, at)].find(wanted);
    if (next) open(next); else { form.hidden = true; told(`${here.unit_no} ${words[given.result]}，已存本机。今天没有要走的门了。`); }
    send();
  });

  // going up
  async function send() {
    if (sending) return;
    sending = true;
    clearTimeout(timer);
    try {
      for (const one of unsent()) {
        const body = new FormData();
        for (const [name, value] of Object.entries(one)) if (!["who", "base", "state", "why", "theirs", "kept"].includes(name)) body.set(name, value);
        body.set("sent_at", new Date().toISOString());
        const answer = await fetch(`${base}/visits`, { method: "POST", body, headers: { "X-CSRFToken": token }, redirect: "manual" });
        if (answer.type === "opaqueredirect") { told("登录已过期；没有传完的还在本机，重新登录后回到这一页会接着传。"); return; }
        const said = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : null;
        if (!said) throw new Error(String(answer.status));
        // who changed it here meanwhile sends it again
        const now = await in_("visits", "readonly", (store) => store.get(one.key));
        if (JSON.stringify(now) !== JSON.stringify(one)) { if (now && said.revision) await keep({ ...now, revision: said.revision }); continue; }
        if (said.state === "CONFLICT") await keep({ ...one, state: "clash", why: said.said, theirs: said.revision });
        else if (said.refused) await keep({ ...one, state: "refused", why: said.refused });
        else await keep({ ...one, state: "sent", kept: said.revision });
        if (said.flag) clock(said.flag);
      }
      await load();
      if (!await sendPhotos()) return;
      await load();
      if (left()) timer = setTimeout(send, retry); else if (navigator.onLine) await refresh();
    } catch {
      await load();
      timer = setTimeout(send, retry);
    } finally {
      sending = false;
    }
  }

  // the photos of visits that have arrived; one that is refused is not kept here any longer, only why
  async function sendPhotos() {
    for (const photo of unsentPhotos().filter((one) => !unsent().some((visit) => visit.key === one.visit))) {
      const body = new FormData();
      for (const name of ["key", "visit", "unit_no"]) body.set(name, photo[name]);
      body.set("photo", photo.blob, "photo.jpg");
      const answer = await fetch(`${base}/photos`, { method: "POST", body, headers: { "X-CSRFToken": token }, redirect: "manual" });
      if (answer.type === "opaqueredirect") { told("登录已过期；没有传完的还在本机，重新登录后回到这一页会接着传。"); return false; }
      const said = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : null;
      if (!said) throw new Error(String(answer.status));
      if (said.kept) await forgetPhoto(photo.key); else await keepPhoto({ ...photo, blob: null, state: "refused", why: said.refused });
    }
    return true;
  }

  // a clock that is off is set right by the server; whoever carries the phone is told
  function clock(why) {
    const line = root.querySelector(".clock");
    line.hidden = !why;
    line.textContent = why && `${why}。请把手机的日期和时间设成“自动”。`;
  }
  function compare(now, asked) {
    const off = Date.now() - new Date(now), minutes = Math.round(Math.abs(off) / 60000), hours = Math.floor(minutes / 60);
    const length = minutes >= 1440 ? `${Math.floor(minutes / 1440)} 天` : hours ? `${hours} 小时` : `${minutes} 分钟`;
    if (Date.now() - asked < 60000) clock(Math.abs(off) > clockOff ? `手机时钟${off > 0 ? "快" : "慢"}了 ${length}，走访时间按服务器改正` : "");
  }

  async function load() {
    [outbox, photos] = [await mine(), await mine("photos")];
    draw();
  }

  // the packet anew; what was sent stands in it, so that it need not lie here any longer
  async function refresh() {
    const asked = Date.now();
    const answer = await fetch(`${base}/packet`, { redirect: "manual" }).catch(() => null);
    if (!answer || answer.type === "opaqueredirect") return;
    if (!answer.ok) { if (answer.status === 403) { packet = null; form.hidden = true; await in_("packets", "readwrite", (store) => store.delete(packetKey)); for (const one of photos) await forgetPhoto(one.key); told("走访没有在进行，或者没有分给您的门户；名单已从本机删除。"); root.querySelector(".doors").replaceChildren(); } return; }
    packet = { ...(await answer.json()), who };
    compare(packet.now, asked);
    await in_("packets", "readwrite", (store) => store.put(packet, packetKey));
    for (const one of await mine()) if (one.state === "sent" && one.key !== form.dataset.key) await forget(one.key);
    await load();
  }

  async function begin() {
    const kept = await in_("packets", "readonly", (store) => store.get(packetKey));
    if (kept && kept.who === who) packet = kept;
    await load();
    await send();
    root.dataset.ready = "1";
  }

  window.addEventListener("online", () => { draw(); send(); });
  window.addEventListener("offline", draw);
  // signing out empties the browser's database: whoever has something unsent is asked first
  for (const leaving of document.querySelectorAll("form[data-leaves]")) leaving.addEventListener("submit", (event) => {
    if (left() && !confirm(`还有 ${left()}没有传完，现在退出会丢失。仍要继续吗？`)) event.preventDefault();
  });
  root.querySelector(".again").addEventListener("click", () => send());
  if ("serviceWorker" in navigator) {
    navigator.serviceWorker.register(root.dataset.worker, { scope: "/" }).catch(() => {});
    const files = [...document.querySelectorAll("link[rel=stylesheet], script[src]")].map((one) => one.href || one.src);
    navigator.serviceWorker.ready.then((ready) => ready.active.postMessage({ keep: [location.pathname, ...files] }));
  }
  begin();
})();

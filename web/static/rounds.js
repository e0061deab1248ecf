// A round of doors without a network: the packet and what is not sent yet lie in this browser, and go up when they can.
(() => {
  const root = document.getElementById("rounds");
  if (!root) return;
  const { base, who, token } = root.dataset, packetKey = `packet:${base}`, retry = 10000;
  const words = JSON.parse(root.dataset.words), signs = JSON.parse(root.dataset.signs), concerns = JSON.parse(root.dataset.concerns);
  let packet = null, outbox = [], here = null, sending = false, timer = 0;

  // the browser's own database: one store for packets, one for visits that are not settled
  const opened = new Promise((found, failed) => {
    const asked = indexedDB.open("daoru-rounds", 1);
    asked.onupgradeneeded = () => { asked.result.createObjectStore("packets"); asked.result.createObjectStore("visits", { keyPath: "key" }); };
    asked.onsuccess = () => found(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  async function in_(store, mode, act) {
    const held = (await opened).transaction(store, mode), asked = act(held.objectStore(store));
    return new Promise((found, failed) => {
      held.oncomplete = () => found(asked && asked.result);
      held.onerror = held.onabort = () => failed(held.error);
    });
  }
  const keep = (visit) => in_("visits", "readwrite", (store) => store.put(visit));
  const forget = (key) => in_("visits", "readwrite", (store) => store.delete(key));
  const mine = async () => (await in_("visits", "readonly", (store) => store.getAll())).filter((one) => one.who === who && one.base === base);

  const make = (tag, given, ...inside) => { const made = Object.assign(document.createElement(tag), given); made.append(...inside); return made; };
  const told = (text) => { root.querySelector("[role=status]").textContent = text; };
  const today = () => new Date(Date.now() - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 10);
  const unsent = () => outbox.filter((one) => one.state === "waiting");

  function shows(door) {
    const last = outbox.filter((one) => one.unit_no === door.unit_no && one.state !== "refused").at(-1);
    return last ? { look: last.result, settled: !["NOBODY", "CALL_BACK"].includes(last.result) || last.result === "REFUSED", today: true }
      : { look: door.shows, settled: door.settled, today: !door.due };
  }
  const wanted = (door) => { const found = shows(door); return !found.settled && !found.today && !door.vacant; };

  function draw() {
    const waiting = unsent().length, clashes = outbox.filter((one) => one.state === "clash" || one.state === "refused");
    root.querySelector(".net").textContent = `${navigator.onLine ? "有网络" : "离线，存在本机"} · ${waiting ? `${waiting} 条没有传完` : "都已上传"}`;
    root.querySelector(".clashes").replaceChildren(...clashes.map(clash));
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
    drop.addEventListener("click", async () => { await forget(one.key); await load(); });
    box.append(drop);
    return box;
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
    if (own) for (const [name, value] of Object.entries(own)) {
      const field = form.elements[name];
      if (field && ["result", "note", "follow_up", "promise", "promise_owner", "promise_due"].includes(name)) field.value = value;
    }
    form.scrollIntoView({ block: "start" });
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const given = Object.fromEntries([...new FormData(form)].filter(([name]) => name !== "concerns"));
    given.concerns = new FormData(form).getAll("concerns").join(" ");
    if (given.result === "CALL_BACK" && !given.follow_up) { told("约了时间要写明哪一天。"); form.elements.follow_up.focus(); return; }
    if (given.promise && !(given.promise_owner && given.promise_due)) { told("承诺要写落实人和期限。"); form.querySelector("details.promise").open = true; return; }
    const before = outbox.find((one) => one.key === form.dataset.key);
    const again = before ? { key: before.key, revision: before.state === "sent" ? before.kept : before.revision, taken_at: before.taken_at }
      : { key: crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random().toString(16).slice(2)}`, revision: "", taken_at: new Date().toISOString() };
    await keep({ ...given, ...again, base, who, unit_no: here.unit_no, state: "waiting" });
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
      }
      await load();
      if (unsent().length) timer = setTimeout(send, retry); else if (navigator.onLine) refresh();
    } catch {
      await load();
      timer = setTimeout(send, retry);
    } finally {
      sending = false;
    }
  }

  async function load() {
    outbox = await mine();
    draw();
  }

  // the packet anew; what was sent stands in it, so that it need not lie here any longer
  async function refresh() {
    const answer = await fetch(`${base}/packet`, { redirect: "manual" }).catch(() => null);
    if (!answer || answer.type === "opaqueredirect") return;
    if (!answer.ok) { if (answer.status === 403) { packet = null; await in_("packets", "readwrite", (store) => store.delete(packetKey)); told("走访没有在进行，或者没有分给您的门户；名单已从本机删除。"); root.querySelector(".doors").replaceChildren(); } return; }
    packet = { ...(await answer.json()), who };
    await in_("packets", "readwrite", (store) => store.put(packet, packetKey));
    for (const one of await mine()) if (one.state === "sent" && one.key !== form.dataset.key) await forget(one.key);
    await load();
  }

  async function begin() {
    const kept = await in_("packets", "readonly", (store) => store.get(packetKey));
    if (kept && kept.who === who) packet = kept;
    await load();
    await send();
    if (navigator.onLine && !unsent().length) await refresh();
    root.dataset.ready = "1";
  }

  window.addEventListener("online", () => { draw(); send(); });
  window.addEventListener("offline", draw);
  // signing out empties the browser's database: whoever has something unsent is asked first
  for (const leaving of document.querySelectorAll("form[data-leaves]")) leaving.addEventListener("submit", (event) => {
    if (unsent().length && !confirm(`还有 ${unsent().length} 条走访没有传完，现在退出会丢失。仍要继续吗？`)) event.preventDefault();
  });
  root.querySelector(".again").addEventListener("click", () => send());
  if ("serviceWorker" in navigator) {
    navigator.serviceWorker.register(root.dataset.worker, { scope: "/" }).catch(() => {});
    const files = [...document.querySelectorAll("link[rel=stylesheet], script[src]")].map((one) => one.href || one.src);
    navigator.serviceWorker.ready.then((ready) => ready.active.postMessage({ keep: [location.pathname, ...files] }));
  }
  begin();
})();

// Photos go up in parts while somebody fills in the form.  They wait in the queue of unsent.js, so that neither a lost
// connection nor a closed page loses one.  Without it the two file inputs are posted with the form.
(() => {
  const form = document.querySelector("form[data-photos]");
  if (!form) return;
  const part = 512 * 1024, retry = 3000;
  const { photos: address, who } = form.dataset;
  const boxOf = (field) => form.querySelector(`.photos[data-name="${CSS.escape(field)}"]`);
  const token = () => ({ "X-CSRFToken": form.elements.csrf_token.value });
  let working = false, again = false;
  // chosen here, and still asking where this is
  const locating = new Set();

  const { keep, forget, refuse, spare } = globalThis.daoruUnsent;
  const waiting = async () => (await globalThis.daoruUnsent.waiting()).filter((photo) => photo.address === address);

  // a tile tells where its photo is
  function tile(photo) {
    const found = form.querySelector(`[data-key="${photo.key}"].tile`);
    if (found) return found;
    const box = boxOf(photo.field);
    if (!box) return null;
    const made = document.createElement("li");
    made.className = "tile coming";
    made.dataset.key = photo.key;
    made.append(Object.assign(document.createElement("span"), { className: "paper", textContent: photo.name }),
      document.createElement("progress"), document.createElement("span"), document.createElement("button"));
    made.children[1].max = 100;
    made.children[1].setAttribute("aria-label", `${photo.name} 上传进度`);
    made.children[2].setAttribute("aria-live", "polite");
    Object.assign(made.children[3], { type: "button", className: "btn btn-quiet btn-sm", textContent: "不要这张" });
    made.children[3].addEventListener("click", async () => { await forget(photo.key); made.remove(); });
    box.querySelector(".tiles").append(made);
    return made;
  }

  function tell(photo, text, percent, done) {
    const shown = tile(photo);
    if (!shown) return;
    if (percent !== null) shown.children[1].value = percent;
    shown.children[1].hidden = done === true;
    shown.children[2].textContent = text;
  }

  async function ask(where, body) {
    const answer = await fetch(where, { method: "POST", body, headers: token(), redirect: "manual" });
    if (answer.type === "opaqueredirect") throw new Error("signed out");
    const said = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : null;
    if (said && said.refused) return said;
    if (answer.status === 403 || answer.status === 404) return { refused: "这一步已不由您办理，或页面已过期；请刷新页面。" };
    if (!answer.ok || !said) throw new Error(String(answer.status));
    return said;
  }

  async function send(photo) {
    const percent = (received) => Math.floor(100 * received / photo.blob.size);
    const body = new FormData();
    for (const name of ["key", "field", "name"]) body.set(name, photo[name]);
    body.set("size", photo.blob.size);
    for (const [name, value] of Object.entries(photo.position || {})) body.set(name, value);
    let said = await ask(address, body);
    let stuck = 0;
    while (!said.refused && !said.sha256) {
      if (!form.isConnected || !(spare.has(photo.key))) return null;
      tell(photo, `⟳ 上传中 ${percent(said.received)}%`, percent(said.received));
      const before = said.received;
      said = await ask(`${address}/${photo.key}?at=${before}`, photo.blob.slice(before, before + part));
      stuck = said.received > before ? 0 : stuck + 1;
      if (stuck > 5) throw new Error("stuck");
    }
    return said;
  }

  // in the form it stands as the server drew it, ticked; the draft that has it ends its wait
  function place(photo, said) {
    const box = boxOf(photo.field);
    if (!box) return;
    const there = box.querySelector(`[data-sha="${said.sha256}"]`);
    const drawn = new DOMParser().parseFromString(said.tile, "text/html").querySelector(".tile");
    const shown = tile(photo);
    if (there) there.remove();
    shown.replaceWith(drawn);
    photo.sha256 = said.sha256;
    form.dispatchEvent(new Event("input"));
  }

  async function work() {
    if (working) { again = true; return; }
    working = true;
    try {
      for (const photo of await waiting()) {
        if (photo.sha256 || photo.refused || locating.has(photo.key)) continue;
        spare.set(photo.key, photo);
        try {
          const said = await send(photo);
          if (!said) continue;
          if (said.refused) {
            tell(photo, `! ${said.refused}`, 0, true);
            await refuse(photo);
          } else {
            place(photo, said);
          }
        } catch (error) {
          const why = error.message === "signed out" ? "登录已过期，重新登录后回到这一页会接着传" : "网络断了，恢复后接着传";
          tell(photo, `! ${why}`, null);
          setTimeout(work, retry);
          break;
        }
      }
    } finally {
      working = false;
    }
    if (again) { again = false; work(); return; }
    if ((await waiting()).some((photo) => !photo.sha256 && !photo.refused && !spare.has(photo.key))) work();
  }

  // two pages of one browser do not send the same photo at the same time
  const alone = () => (navigator.locks ? navigator.locks.request("daoru-photos", work) : work());

  // asked at the first photo that is taken here; whoever refuses sends it without a position
  function position() {
    return new Promise((found) => {
      if (!navigator.geolocation) { found(null); return; }
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => found({ latitude: coords.latitude.toFixed(6), longitude: coords.longitude.toFixed(6), accuracy: Math.round(coords.accuracy) }),
        () => found(null), { timeout: 8000, maximumAge: 60000, enableHighAccuracy: true });
    });
  }

  async function chosen(input) {
    const box = input.closest(".photos"), largest = Number(box.dataset.largest);
    const large = [...input.files].filter((file) => file.size > largest * 1024 * 1024 || !file.size);
    const files = [...input.files].filter((file) => !large.includes(file));
    input.value = "";
    const free = Number(box.dataset.most) - box.querySelectorAll(".tile.coming, .tile input:checked").length;
    const told = box.querySelector(".tile-told");
    told.textContent = [
      files.length > free ? `这一项最多 ${box.dataset.most} 张，多出的 ${files.length - Math.max(free, 0)} 张没有收。` : "",
      ...large.map((file) => `“${file.name}”${file.size ? `有 ${Math.ceil(file.size / 1024 / 1024)} MB，超过 ${largest} MB` : "是空的"}，没有收；请调低相机分辨率后重拍，或压缩后再选。`),
    ].join("");
    // the tiles stand there at once: whoever hands in the next moment is asked, and nothing is lost unseen
    const photos = files.slice(0, Math.max(free, 0)).map((blob) => {
      const photo = { key: crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random().toString(16).slice(2)}`,
        address, who, field: box.dataset.name, name: blob.name, blob, title: form.dataset.title, position: null, chosen: Date.now() };
      locating.add(photo.key);
      tell(photo, "等待上传", 0);
      return photo;
    });
    await Promise.all(photos.map(keep));
    const here = input.hasAttribute("data-camera") ? await position() : null;
    for (const photo of photos) {
      if (here && spare.has(photo.key)) await keep(Object.assign(photo, { position: here }));
      locating.delete(photo.key);
    }
    alone();
  }

  form.addEventListener("change", (event) => {
    if (event.target.type !== "file" || !event.target.closest(".photos")) return;
    // the photo goes up by itself, not with the draft
    event.stopPropagation();
    chosen(event.target);
  }, true);
  form.addEventListener("input", (event) => { if (event.target.type === "file") event.stopPropagation(); }, true);
  form.addEventListener("draft", (event) => {
    for (const photo of [...spare.values()]) {
      if (photo.sha256 && event.detail.getAll(photo.field).includes(photo.sha256)) forget(photo.key);
    }
  });
  form.addEventListener("moved", async ({ detail: { before, after } }) => {
    for (const photo of await waiting()) {
      if (photo.field.startsWith(`${before}.`)) await keep(Object.assign(spare.get(photo.key) || photo, { field: photo.field.replace(before, after) }));
    }
  });
  // who hands in while a photo is on its way is asked first
  const coming = () => form.querySelectorAll(".tile.coming progress:not([hidden])").length;
  form.addEventListener("submit", (event) => {
    if (!event.submitter || event.submitter.value !== "complete" || !coming()) return;
    if (!confirm(`还有 ${coming()} 张照片没有传完，现在提交，这几张会丢失。仍要继续吗？`)) event.preventDefault();
  }, true);
  window.addEventListener("online", alone);
  form.classList.add("live");
  // what was chosen before the script came goes up too
  for (const input of form.querySelectorAll('.photos input[type="file"]')) if (input.files.length) chosen(input);
  waiting().then((photos) => { photos.forEach((photo) => tell(photo, "等待上传", 0)); if (photos.length) alone(); });
})();

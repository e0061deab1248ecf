// Where a visit is recorded, if whoever stands there allows it: asked once, on purpose; without it everything works.
(() => {
  const form = document.querySelector("form[data-position]");
  if (!form || !navigator.geolocation || !navigator.permissions) return;
  const told = form.querySelector(".position"), said = told.querySelector("[role=note]"), button = told.querySelector("button");
  const set = (latitude, longitude) => { form.elements.latitude.value = latitude; form.elements.longitude.value = longitude; };
  let door = 0, state = "";
  function ask() {
    const here = ++door;
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      // of a door that was left meanwhile nothing is kept
      if (here !== door) return;
      set(coords.latitude.toFixed(6), coords.longitude.toFixed(6));
      state = "granted";
      button.hidden = true;
      said.textContent = `位置已记下（误差约 ${Math.round(coords.accuracy)} 米）。`;
    }, () => {}, { timeout: 8000, maximumAge: 0, enableHighAccuracy: true });
  }
  button.addEventListener("click", ask);
  // one form for many doors: each has its own position, or none
  form.addEventListener("reset", () => { door++; set("", ""); if (state === "granted") { said.textContent = ""; ask(); } });
  navigator.permissions.query({ name: "geolocation" }).then((found) => {
    state = found.state;
    told.hidden = state === "denied";
    button.hidden = state === "granted";
    if (state === "granted") { said.textContent = ""; ask(); }
  });
})();

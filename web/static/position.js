// Where a visit is recorded, if whoever stands there allows it: asked once, on purpose; without it everything works.
(() => {
  const form = document.querySelector("form[data-position]");
  if (!form || !navigator.geolocation || !navigator.permissions) return;
  const told = form.querySelector(".position"), ask = () => navigator.geolocation.getCurrentPosition(({ coords }) => {
    form.elements.latitude.value = coords.latitude.toFixed(6);
    form.elements.longitude.value = coords.longitude.toFixed(6);
    told.textContent = `位置已记下（误差约 ${Math.round(coords.accuracy)} 米）。`;
    told.hidden = false;
  }, () => { told.hidden = true; }, { timeout: 8000, maximumAge: 0, enableHighAccuracy: true });
  told.querySelector("button").addEventListener("click", ask);
  navigator.permissions.query({ name: "geolocation" }).then(({ state }) => {
    if (state === "granted") ask();
    told.hidden = state === "denied";
  });
})();

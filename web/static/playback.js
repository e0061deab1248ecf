// The slider shows the number while it is moved, and the moment once it rests; without this script its button does.
(() => {
  const form = document.querySelector("[data-at-once]");
  const slider = form.querySelector("input[type=range]");
  slider.addEventListener("input", () => { form.querySelector("output").value = slider.value; });
  slider.addEventListener("change", () => form.requestSubmit());
})();

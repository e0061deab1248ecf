// The code on a slip stands behind the mark, where no server sees it: the form is filled in with it.
(() => {
  const digits = location.hash.slice(1);
  const field = document.getElementById("code");
  if (!field || !/^\d{16}$/.test(digits)) return;
  if (!field.value) field.value = digits;
  // nobody who looks at the address afterwards has the code
  history.replaceState(null, "", location.pathname);
  document.getElementById("last").focus();
})();

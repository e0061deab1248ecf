// The code on a ballot has its serial behind the mark, where no server sees it, and so has the owner's strip:
// staff go on to that ballot's page, an owner finds the form for the receipt filled in.
(() => {
  const staff = document.querySelector("[data-ballots]");
  const [serial, digits] = location.hash.slice(1).split(".");
  if (!staff || !/^\d{1,7}$/.test(serial)) return;
  for (const [name, value] of [["serial", serial], ["digits", digits]]) {
    const field = document.getElementById(name);
    if (field && value && !field.value) field.value = value;
  }
  staff.href = `${staff.dataset.ballots}/${Number(serial)}`;
  staff.textContent = `登记第 ${serial.padStart(6, "0")} 号票（工作人员）`;
  // whoever is signed in goes on at once; an owner, whom it would lead to the sign-in, stays here
  fetch(staff.href).then((answer) => {
    if (answer.ok && !new URL(answer.url).pathname.startsWith("/sign-in")) location.replace(answer.url);
  }, () => {});
})();

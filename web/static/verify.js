// The code on a ballot has its serial behind the mark, where no server sees it: staff go on to that ballot's page.
(() => {
  const staff = document.querySelector("[data-ballots]"), serial = location.hash.slice(1);
  if (!staff || !/^\d{1,7}$/.test(serial)) return;
  staff.href = `${staff.dataset.ballots}/${Number(serial)}`;
  staff.textContent = `登记第 ${serial.padStart(6, "0")} 号票（工作人员）`;
  // whoever is signed in goes on at once; an owner, whom it would lead to the sign-in, stays here
  fetch(staff.href).then((answer) => {
    if (answer.ok && !new URL(answer.url).pathname.startsWith("/sign-in")) location.replace(answer.url);
  }, () => {});
})();

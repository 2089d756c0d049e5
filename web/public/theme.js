// Runs before the first paint, as a file of its own because the content policy forbids inline scripts.
(function () {
  try {
    var choice = localStorage.getItem("errata-theme");
    if (choice === "light" || choice === "dark") document.documentElement.dataset.theme = choice;
  } catch {
    // Storage may be refused; the system's theme applies then.
  }
})();

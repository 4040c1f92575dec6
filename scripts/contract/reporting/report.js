"use strict";
const search = document.getElementById("search");
const shown = document.getElementById("shown");
if (search) {
  search.form.addEventListener("submit", (event) => event.preventDefault());
  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLowerCase();
    let count = 0;
    for (const article of document.querySelectorAll("article")) {
      const title = article.querySelector("h3").textContent.toLowerCase();
      let any = false;
      for (const row of article.querySelectorAll("tr")) {
        const fits = title.includes(wanted) || row.textContent.toLowerCase().includes(wanted);
        row.hidden = !fits;
        any = any || fits;
        count += fits ? 1 : 0;
      }
      article.hidden = !any;
    }
    shown.textContent = wanted ? `${count} rows` : "";
  });
}

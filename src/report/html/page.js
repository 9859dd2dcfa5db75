"use strict";
// Moves and switches; all that the page tells is in it without this script.
(() => {
  const root = document.documentElement;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);
  all("[hidden].switches, button.copy").forEach((it) => { it.hidden = false; });

  // Language, and how bytes are shown.
  const switchLanguage = () => {
    root.dataset.language = root.dataset.language === "en" ? "zh" : "en";
    root.lang = root.dataset.language;
  };
  const form = one("#form");
  const showAs = (letter) => {
    root.dataset.as = letter;
    if (form) form.value = letter;
  };
  const nextForm = () => {
    if (form) showAs("uglx"["uglx".indexOf(root.dataset.as) + 1] || "u");
  };
  one("#language").addEventListener("click", switchLanguage);
  if (form) form.addEventListener("change", () => showAs(form.value));
  const help = one("#help");
  one("#keys").addEventListener("click", () => help.showModal());

  // The command that repeats a scenario.
  all("button.copy").forEach((button) => {
    button.addEventListener("click", async () => {
      const code = button.parentElement.querySelector("code");
      try {
        await navigator.clipboard.writeText(code.textContent);
        button.classList.add("done");
        button.textContent = "✓";
      } catch {
        getSelection().selectAllChildren(code);
      }
    });
  });

  // The list at the left moves the view.
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const reveal = (id) => {
    const target = document.getElementById(id);
    if (!target) return false;
    const section = target.closest("details.scenario");
    if (section) section.open = true;
    const lanes = target.closest(".lanes");
    if (lanes) {
      const head = lanes.querySelector(".head").getBoundingClientRect().height;
      const inside = target.getBoundingClientRect().top - lanes.getBoundingClientRect().top;
      lanes.scrollTop += inside - head - 12;
      const box = lanes.getBoundingClientRect();
      if (box.top < 0 || box.top > innerHeight * 0.6) lanes.scrollIntoView({ block: "start" });
      all(".flash").forEach((it) => it.classList.remove("flash"));
      target.classList.add("flash");
    } else {
      target.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
    }
    return true;
  };
  const links = all(".side a");
  const mark = (link) => {
    all(".side .current").forEach((it) => it.classList.remove("current"));
    all(".side .here").forEach((it) => it.classList.remove("here"));
    link.parentElement.classList.add("current");
    link.closest(".list > li").classList.add("here");
    link.scrollIntoView({ block: "nearest" });
  };
  const go = (link) => {
    mark(link);
    reveal(decodeURIComponent(link.hash.slice(1)));
  };
  links.forEach((link) => link.addEventListener("click", (event) => {
    event.preventDefault();
    history.replaceState(null, "", link.hash);
    go(link);
  }));
  all("main a[href^='#']").forEach((link) => link.addEventListener("click", (event) => {
    if (reveal(decodeURIComponent(link.hash.slice(1)))) event.preventDefault();
  }));
  const follow = () => {
    const id = location.hash.slice(1);
    const link = links.find((it) => it.hash === location.hash);
    if (link) go(link); else if (id) reveal(decodeURIComponent(id));
  };
  addEventListener("hashchange", follow);
  if (location.hash) follow();

  const rows = all("table.class tbody tr");
  const seen = (it) => it.getClientRects().length > 0;
  const step = (items, current, by) => {
    const at = items.indexOf(current);
    return items[Math.min(items.length - 1, Math.max(0, at < 0 ? (by > 0 ? 0 : items.length - 1) : at + by))];
  };
  const move = (by) => {
    if (rows.length) {
      const shown = rows.filter(seen);
      const row = step(shown, document.activeElement.closest("tr"), by);
      if (row) {
        row.tabIndex = -1;
        (row.querySelector("th a") || row).focus();
      }
      return;
    }
    const shown = links.filter(seen);
    const current = one(".side .current > a");
    const link = step(shown, current, by);
    if (link) go(link);
  };
  const failures = links.filter((link) => link.matches(".list > .failed > a, .list > .unstable > a, .list > .error > a"));
  const nextFailure = (by) => {
    const here = one(".side .here > a");
    const order = links.filter((link) => link.matches(".entry"));
    const at = order.indexOf(here);
    const behind = failures.filter((link) => by * (order.indexOf(link) - at) > 0);
    const link = by > 0 ? behind[0] || failures[0] : behind[behind.length - 1] || failures[failures.length - 1];
    if (link) go(link);
  };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (event.target.matches("input, select, textarea")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const inLanes = event.target.matches(".lanes");
    switch (event.key) {
      case "j": move(1); break;
      case "k": move(-1); break;
      case "ArrowDown": if (inLanes) return; move(1); break;
      case "ArrowUp": if (inLanes) return; move(-1); break;
      case "f": nextFailure(1); break;
      case "F": nextFailure(-1); break;
      case "l": switchLanguage(); break;
      case "x": nextForm(); break;
      case "?": help.showModal(); break;
      case "/": if (!one("#filter")) return; one("#filter").focus(); break;
      default: return;
    }
    event.preventDefault();
  });

  // The table of a class: sorted by a column, narrowed to a name.
  const body = one("table.class tbody");
  const filter = one("#filter");
  if (body) {
    const rank = ["failed", "error", "unstable", "skipped", "unrun", "none", "passed"];
    const compare = new Intl.Collator(["zh-Hans-CN", "en"], { numeric: true }).compare;
    const heads = all("table.class thead th");
    const key = (row, at, by) => {
      const cell = row.cells[at];
      if (by === "name") return cell.textContent;
      return by === "points" ? Number(cell.dataset.points) : rank.indexOf(cell.className);
    };
    const sort = (head) => {
      const at = head.cellIndex;
      const by = head.dataset.by;
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((it) => it.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const keyed = rows.map((row) => [key(row, at, by), row]);
      keyed.sort(([a], [b]) => (down ? -1 : 1) * (by === "name" ? compare(a, b) : a - b));
      body.append(...keyed.map(([, row]) => row));
      rows.splice(0, rows.length, ...keyed.map(([, row]) => row));
    };
    heads.forEach((head) => {
      head.tabIndex = 0;
      head.addEventListener("click", () => sort(head));
      head.addEventListener("keydown", (event) => { if (event.key === "Enter") sort(head); });
    });
    filter.parentElement.hidden = false;
    const texts = new Map(rows.map((row) => [row, row.cells[0].textContent.toLowerCase()]));
    filter.addEventListener("input", () => {
      const wanted = filter.value.trim().toLowerCase();
      rows.forEach((row) => { row.hidden = !texts.get(row).includes(wanted); });
    });
  }

  // What is closed is printed all the same where it failed; the rest as it is on the screen.
  addEventListener("beforeprint", () => {
    all("details.scenario.failed, details.scenario.error").forEach((it) => { it.open = true; });
  });
})();

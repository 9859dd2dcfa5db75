"use strict";
// Moves and switches; all that the page tells is in it without this script.
(() => {
  const root = document.documentElement;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);
  all("[hidden].switches, button.copy, .tools label").forEach((it) => { it.hidden = false; });

  // Language.
  const switchLanguage = () => {
    root.dataset.language = root.dataset.language === "en" ? "zh" : "en";
    root.lang = root.dataset.language;
  };

  // Bytes in another form: what is shown says which bytes they are, and what stands for bytes has them.
  const form = one("#form");
  const utf8 = new TextEncoder();
  const bytesOf = (node) => {
    // A line end is never in a text of the page but where the page itself breaks a line.
    if (node.nodeType === Node.TEXT_NODE) return [...utf8.encode(node.data.replaceAll("\n", ""))];
    const { hex } = node.dataset;
    if (hex !== undefined) return (hex.match(/../g) || []).map((digits) => parseInt(digits, 16));
    return [...node.childNodes].flatMap(bytesOf);
  };
  const pictures = { "\n": "⏎", "\t": "⇥", "\x7f": "␡", "\xa0": "<NBSP>", "\ufffd": "\ufffd" };
  const unseen = /[^\p{L}\p{N}\p{P}\p{S} ]|[\u115f\u1160\u2800\u3164\uffa0\ufffd]/u;
  const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}]/u;
  const glyphOf = (c) => {
    if (!unseen.test(c)) return { text: c, columns: wide.test(c) ? 2 : 1 };
    const code = c.codePointAt(0);
    const picture = code < 32 ? String.fromCodePoint(0x2400 + code) : `<U+${code.toString(16).toUpperCase().padStart(4, "0")}>`;
    const text = pictures[c] || picture;
    return { text, columns: text.length, unseen: true, ends: c === "\n" };
  };
  const digitsOf = (byte) => ({ text: `${byte.toString(16).padStart(2, "0")} `, columns: 3, blank: 1 });
  const glyphsOf = {
    g: (bytes) => [...new TextDecoder("gb18030").decode(bytes)].map(glyphOf),
    l: (bytes) => Array.from(bytes, (byte) => glyphOf(String.fromCharCode(byte))),
    x: (bytes) => Array.from(bytes, digitsOf),
  };
  // A drawing has a room of so many columns and lines; elsewhere the browser breaks lines.
  const laidOut = (glyphs, it) => {
    const drawn = it.dataset.room !== undefined;
    const room = drawn ? Number(it.dataset.room) : Infinity;
    const lines = drawn ? 1 + all("[dy]", it).length : Infinity;
    const made = (content, place) => {
      const element = document.createElementNS(it.namespaceURI, drawn ? "tspan" : "i");
      element.append(content);
      Object.entries(place).forEach(([name, value]) => element.setAttribute(name, value));
      return element;
    };
    const nodes = [];
    let [line, used, count, ended] = [nodes, 0, 1, false];
    for (const glyph of glyphs) {
      if (ended || used + glyph.columns - (glyph.blank || 0) > room) {
        if (count === lines) { line.push("…"); break; }
        if (drawn) line = [];
        if (drawn) nodes.push(line); else line.push("\n");
        [used, count] = [0, count + 1];
      }
      line.push(glyph.unseen ? made(glyph.text, { class: "unseen" }) : glyph.text);
      [used, ended] = [used + glyph.columns, glyph.ends];
    }
    return nodes.map((node) => {
      if (!Array.isArray(node)) return node;
      const below = made("", { x: it.getAttribute("x"), dy: 16 });
      below.append(...node);
      return below;
    });
  };
  const payloads = all(".as").map((it) => ({ it, nodes: [...it.childNodes] }));
  let shownAs = "u";
  const showAs = (letter) => {
    form.value = shownAs = letter;
    payloads.forEach((payload) => {
      const { it, nodes } = payload;
      it.replaceChildren(...nodes);
      if (letter === "u") return;
      const who = nodes.filter((node) => node.nodeType !== Node.TEXT_NODE && node.matches(".by"));
      const rest = nodes.filter((node) => !who.includes(node));
      payload.bytes ??= new Uint8Array(rest.flatMap(bytesOf));
      if (payload.bytes.length) it.replaceChildren(...who, ...laidOut(glyphsOf[letter](payload.bytes), it));
    });
  };
  const nextForm = () => {
    if (form) showAs("uglx"["uglx".indexOf(shownAs) + 1] || "u");
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
  let behavior = "auto";
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
      target.scrollIntoView({ block: "start", behavior });
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
  // Where the page opens it is at once; from there on it moves so that eyes can follow.
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) behavior = "smooth";

  const rows = all("table.class tbody tr");
  const wanting = one("#wanting");
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
    if (event.target.matches("input:not([type=checkbox]), select")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const inLanes = event.target.matches(".lanes");
    switch (event.key) {
      case "j": move(1); break;
      case "k": move(-1); break;
      case "ArrowDown": if (inLanes) return; move(1); break;
      case "ArrowUp": if (inLanes) return; move(-1); break;
      case "f": if (wanting) wanting.click(); else nextFailure(1); break;
      case "F": nextFailure(-1); break;
      case "l": switchLanguage(); break;
      case "x": nextForm(); break;
      case "?": help.showModal(); break;
      case "/": if (!one("#filter")) return; one("#filter").focus(); break;
      default: return;
    }
    event.preventDefault();
  });

  // The table of a class: sorted by a column, narrowed to a name or to who has something to mend.
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
      head.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        sort(head);
      });
    });
    const texts = new Map(rows.map((row) => [row, row.cells[0].textContent.toLowerCase()]));
    const narrow = () => {
      const wanted = filter.value.trim().toLowerCase();
      rows.forEach((row) => {
        row.hidden = !texts.get(row).includes(wanted) || (wanting.checked && !row.matches(".wanting"));
      });
    };
    filter.addEventListener("input", narrow);
    wanting.addEventListener("change", narrow);
  }

  // What is closed is printed all the same where it failed; the rest as it is on the screen.
  addEventListener("beforeprint", () => {
    all("details.scenario.failed, details.scenario.error").forEach((it) => { it.open = true; });
  });
})();

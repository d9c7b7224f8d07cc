import { render, screen } from "@testing-library/react";
import { describe, expect, test, vi } from "vitest";
import { Markdown } from "./markdown";

function show(text: string, mark?: (number: number) => string | null): HTMLElement {
  return render(<Markdown text={text} mark={mark} />).container;
}

describe("a reply", () => {
  test("has headings, lists, tables and code", () => {
    const page = show("# Plants\n\n1. water\n2. **light**\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```python\nprint(1)\n```");
    expect(screen.getByRole("heading", { level: 3 }).textContent).toBe("Plants");
    expect(screen.getAllByRole("listitem").map((item) => item.textContent)).toEqual(["water", "light"]);
    expect(screen.getByRole("columnheader", { name: "a" })).toBeDefined();
    expect(page.querySelector("pre")?.textContent).toBe("print(1)");
  });

  test("has the boxes of a list of tasks beside their words", () => {
    show("- [x] done\n- [ ] open");
    expect(screen.getAllByRole("listitem").map((item) => item.innerHTML)).toEqual(["☑ done", "☐ open"]);
  });

  test("shows signs that were written as entities, and no others", () => {
    expect(show("Fish &amp; chips &lt;b&gt; &#65; &nosuch; `&amp;`").textContent).toBe("Fish & chips <b> A &nosuch; &amp;");
  });

  test("links to the web open elsewhere, and tell it nothing", () => {
    show("See [the page](https://example.org/a) or https://example.org/b");
    const links = screen.getAllByRole<HTMLAnchorElement>("link");
    expect(links.map((link) => link.href)).toEqual(["https://example.org/a", "https://example.org/b"]);
    for (const link of links) expect([link.target, link.rel]).toEqual(["_blank", "noopener noreferrer nofollow"]);
  });

  test("has formulas, which readers of the screen get as mathematics", async () => {
    const page = show("It is $E = mc^2$.\n\n$$\\frac{1}{2}$$");
    await vi.waitFor(() => expect(page.querySelectorAll("math")).toHaveLength(2), 4_000);
    expect(page.querySelectorAll(".katex-display")).toHaveLength(1);
  });

  test("keeps a formula that is none as it was written", async () => {
    const page = show("First $x^2$, then $\\nosuch{x$.");
    await vi.waitFor(() => expect(page.querySelectorAll("math")).toHaveLength(1), 4_000);
    expect(page.textContent).toContain("\\nosuch{x");
  });

  test("has marks where there is such a source, and numbers in brackets elsewhere", () => {
    expect(show("Blue [1]: both [1, 2], red [2, 3], `a[1]`.", (number) => (number < 3 ? `(source ${number})` : null)).textContent).toBe(
      "Blue (source 1): both (source 1)(source 2), red [2, 3], a[1].",
    );
  });
});

describe("a hostile reply", () => {
  const HOSTILE = [
    "<script>window.hacked = 1</script>",
    "<img src=x onerror='window.hacked = 1'>",
    "Text <img src=x onerror=hacked()> <b onclick=hacked()>bold</b> <svg/onload=hacked()>",
    "[a](javascript:hacked()) [b](JAVASCRIPT:hacked()) [c](data:text/html,<script>) <javascript:hacked()>",
    "[d]: javascript:hacked()\n\n[d] [e][d]",
    "![x](https://example.org/pixel.png) ![y](javascript:hacked())",
    "<iframe src='https://example.org'></iframe>\n\n<style>* { display: none }</style>\n\n<form action=/>",
    "&lt;script&gt;hacked()&lt;/script&gt; &#x3c;img src=x onerror=hacked()&#x3e;",
    "`<script>hacked()</script>`\n\n```html\n<script>hacked()</script>\n```",
    "| <script>x</script> | [a](javascript:x) |\n|--|--|\n| <img src=x> | *y* |",
  ];
  const ALLOWED =
    "div p br strong em del code pre a h3 ul ol li blockquote hr table thead tbody tr th td figure figcaption span button svg path";

  test.each(HOSTILE)("is only text: %s", (text) => {
    for (const growing of [false, true]) {
      const { container, unmount } = render(<Markdown text={text} growing={growing} />);
      const elements = [...container.querySelectorAll("*")];
      expect(elements.filter((element) => !ALLOWED.split(" ").includes(element.localName))).toEqual([]);
      expect(elements.flatMap((element) => element.getAttributeNames()).filter((name) => /^on|^src|^style/.test(name))).toEqual([]);
      for (const link of container.querySelectorAll("a")) expect(link.protocol).toMatch(/^https?:$/);
      unmount();
    }
  });

  test("in a formula neither links nor loads, and does not grow without end", async () => {
    const page = show(
      String.raw`Good $x$. $\href{javascript:alert(1)}{a}$ $\includegraphics{https://example.org/a.png}$ $\url{https://example.org}$` +
        String.raw` $\htmlStyle{position:fixed}{b}$ $\def\a{\a\a}\a$ $\rule{9999em}{9999em}$`,
    );
    await vi.waitFor(() => expect(page.querySelector(".katex")).not.toBeNull(), 4_000);
    expect(page.querySelectorAll("a, img")).toHaveLength(0);
    for (const styled of page.querySelectorAll<HTMLElement>("[style]")) {
      expect(styled.style.position).not.toBe("fixed");
      expect(Number.parseFloat(styled.style.height || "0")).toBeLessThan(50);
    }
  });

  test("nested without end is shown as it was written from some depth on", () => {
    const page = show(Array.from({ length: 60 }, (_, depth) => `${"  ".repeat(depth)}- ${depth}`).join("\n"));
    expect(page.querySelectorAll("ul").length).toBeLessThan(12);
    expect(page.textContent).toContain("- 59");
  });
});

test("a growing reply is drawn on, and not anew", () => {
  const { container, rerender } = render(<Markdown text={"One.\n\nTwo.\n\nThree.\n\nFo"} growing />);
  const first = container.querySelector("p");
  rerender(<Markdown text={"One.\n\nTwo.\n\nThree.\n\nFour **five"} growing />);
  expect(container.querySelector("p")).toBe(first);
  expect(container.querySelector("strong")?.textContent).toBe("five");
  rerender(<Markdown text={"One.\n\nTwo.\n\nThree.\n\nFour **five** six."} />);
  expect(container.querySelector("p")).toBe(first);
  expect(container.textContent).toBe("One.Two.Three.Four five six.");
});

// Types into the editor in a headless browser and asserts that popup and ghost text show together.
//
//     npm install && npm run check -- [PICTURE.png]
//
// PLUMB is the server's command line (`plumb lsp`; words, or a JSON array), CHROMIUM the browser.

import { chromium } from "playwright-core";
import { bridge } from "./bridge.mjs";

const TEXT = `def area(width, height):
    return width * height


def volume(width, height, depth):
    return `;
const PATIENCE = 120_000;
const PAUSE = 8_000; // before a letter is typed anew: until its model is loaded, the server has none

/** Return the server's command line as a list. */
function command() {
  const said = process.env.PLUMB ?? "plumb lsp";
  return said.startsWith("[") ? JSON.parse(said) : said.split(" ");
}

/** Type a letter, and again until ghost text comes with the popup; whether it did. */
async function typed(page, popup, ghost) {
  const end = Date.now() + PATIENCE;
  while (Date.now() < end) {
    await page.keyboard.type("w");
    try {
      await popup.waitFor({ timeout: PAUSE });
      await ghost.waitFor({ timeout: PAUSE });
      return true;
    } catch {
      await page.keyboard.press("Backspace");
      await page.keyboard.press("Escape");
    }
  }
  return false;
}

const { url, stop } = await bridge(command());
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
let failed = true;
try {
  const page = await browser.newPage({ viewport: { width: 640, height: 300 } });
  page.setDefaultTimeout(PATIENCE);
  await page.goto(`${url}?text=${encodeURIComponent(TEXT)}`);
  await page.waitForFunction(() => window.shown !== undefined);
  const popup = page.locator(".suggest-widget.visible .monaco-list-row.focused").first();
  const parts = page.locator(".ghost-text, .ghost-text-decoration, .ghost-text-decoration-preview");
  const ghost = parts.first();
  await page.keyboard.type("area(", { delay: 120 });
  const came = await typed(page, popup, ghost);
  const both = came && (await popup.isVisible()) && (await ghost.isVisible());
  const asked = await page.evaluate(() => window.ghosts.at(-1));
  const chosen = await popup.innerText();
  const grey = [...new Set(await parts.allInnerTexts())].join("").replaceAll("\u00a0", " ");
  console.log(JSON.stringify({ both, popup: chosen.trim(), ghost: grey, asked }));
  if (process.argv[2]) {
    await page.screenshot({ path: process.argv[2] });
  }
  await page.keyboard.press("Tab"); // takes what the popup has chosen; the rest stays as ghost text
  await popup.waitFor({ state: "hidden" });
  await ghost.waitFor();
  await page.keyboard.press("Tab");
  const text = await page.evaluate(() => window.shown.getValue());
  console.log(JSON.stringify({ accepted: text.split("\n").at(-1) }));
  failed = !both;
} catch (error) {
  console.error(String(error));
} finally {
  await browser.close();
  stop();
}
process.exit(failed ? 1 : 0);

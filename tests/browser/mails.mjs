/*
 * The mails' HTML in a real browser: each template in each language, as `yett mail preview` fills it, on a phone and on a
 * screen. YETT=... YETT_SITE_WWW=... node --test mails.mjs
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { contrast, width } from "./checks.mjs";
import { BASE, start, stop, visit } from "./browser.mjs";

const TEMPLATES = `${process.env.YETT_SITE_WWW}/mail`;
const LINK = `${BASE}/page#${"Ab-_".repeat(10)}xyz`;

/* The longest of what comes from people, with nowhere to break it, and with what HTML has to escape. */
const LONG = `<b>${"M".repeat(120)}</b>&"'`;
const VALUES = { link: LINK, code: "012345", to: `${"m".repeat(64)}@${"m".repeat(63)}.example` };

before(start);
after(stop);

/* The template's holes, and those of them that it is never without. */
function holes(source) {
	const found = (pattern) => new Set([...source.matchAll(pattern)].map((match) => match[1]));
	const sections = found(/{{[#^](\w+)}}/g), all = found(/{{[#^%]?(\w+)}}/g);

	for (const given of ["site_name", "site_url"])
		all.delete(given);
	return { all: [...all], always: [...all].filter((name) => !sections.has(name)) };
}

function preview(name, lang, filled, ...more) {
	const sets = filled.flatMap((hole) => ["--set", `${hole}=${VALUES[hole] ?? LONG}`]);

	return execFileSync(process.env.YETT, ["mail", "preview", name, "--lang", lang, ...more, ...sets], { encoding: "utf8" });
}

const files = readdirSync(TEMPLATES).filter((file) => file.endsWith(".html"));

test("there is each mail in English and in German, as HTML and as text", () => {
	const all = readdirSync(TEMPLATES);

	assert.ok(files.length >= 30);
	for (const file of files) {
		const name = file.split(".")[0];

		for (const rest of ["en.html", "en.txt", "de.html", "de.txt"])
			assert.ok(all.includes(`${name}.${rest}`), `${name}.${rest}`);
	}
});

for (const file of files) {
	const [name, lang] = file.split(".");

	test(`${name} in ${lang} can be read on a phone and on a screen`, () => visit({}, async (page) => {
		const { all, always } = holes(readFileSync(`${TEMPLATES}/${file}`, "utf8"));

		for (const filled of [all, always]) {
			const html = preview(name, lang, filled, "--html"), text = preview(name, lang, filled);

			assert.doesNotMatch(html + text, /{{|}}/);
			assert.match(text, /^Subject: \S.*\n\n\S/);
			await page.goto("about:blank");
			await page.setContent(html);
			for (const [across, down] of [[320, 640], [1000, 800]]) {
				await page.setViewportSize({ width: across, height: down });
				assert.deepEqual([...await width(page), ...await contrast(page)], []);
			}
			assert.equal(await page.locator("html").getAttribute("lang"), lang);
			assert.ok((await page.title()).trim());
			assert.equal(await page.locator("b, script, img").count(), 0);
			/* What can be pressed leads somewhere, and so does what who reads the text alone is given. */
			for (const a of await page.locator("a").all()) {
				assert.match(await a.getAttribute("href"), /^https?:\/\/[^ ]+$/);
				assert.ok((await a.textContent()).trim());
			}
			if (filled.includes("link")) {
				assert.equal(await page.locator(`a[href="${LINK}"]`).count(), 1);
				assert.ok(text.includes(LINK));
			}
			if (filled.includes("code")) {
				assert.ok((await page.locator("body").innerText()).includes(VALUES.code));
				assert.ok(text.includes(VALUES.code));
			}
		}
	}));
}

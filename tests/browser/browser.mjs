/* One Chromium for all tests, and eyes on every page it opens. */
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

export const BASE = (process.env.BASE ?? "http://127.0.0.1:8080").replace(/\/+$/, "");

/* What a phone calls itself. */
export const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) " +
	"Version/18.0 Mobile/15E148 Safari/604.1";

const ARGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
	"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions"];

const TIMEOUT_MS = 30000; /* of one step, on a machine that does much else */

let browser;
let last = null; /* the browser window of the test before: opening one costs more than most tests */

export async function start() {
	browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGS });
}

export async function stop() {
	await last?.context.close();
	await browser?.close();
}

/*
 * A browser of its own, with ${options} of Playwright's newContext(). What no page of ours may do is noted in
 * faults: errors on the console, breaches of the content security policy, uncaught exceptions, requests that go to
 * another site. That an answer is a 4xx is no fault: Chromium tells the console of it, too.
 */
export async function open(options = {}) {
	const context = await browser.newContext({ viewport: { width: 1000, height: 800 }, ...options });
	const faults = [];

	context.setDefaultTimeout(TIMEOUT_MS);
	context.on("console", (message) => {
		if (message.type() === "error" && !message.text().startsWith("Failed to load resource: the server responded"))
			faults.push(`console: ${message.text()}`);
	});
	context.on("weberror", (error) => faults.push(`exception: ${error.error()}`));
	context.on("request", (request) => {
		if (new URL(request.url()).origin !== new URL(BASE).origin)
			faults.push(`request to ${request.url()}`);
	});
	context.on("response", (response) => {
		if (response.request().resourceType() !== "document" && response.status() >= 400)
			faults.push(`${response.status()} for ${response.url()}`);
	});
	const page = await context.newPage();
	return { context, page, faults };
}

/*
 * Run ${body} with nobody signed in, in a window with ${options}; at the end no page in it may have been at fault. The
 * window of the last test serves again when it had the same options and all went well.
 */
export async function visit(options, body) {
	const key = JSON.stringify(options);

	if (last?.key !== key) {
		await last?.context.close();
		last = null;
		last = { key, ...await open(options) };
	}
	const { context, page, faults } = last;
	try {
		await context.clearCookies();
		faults.length = 0;
		await body(page, context);
		await page.unrouteAll();
		assert.deepEqual(faults, []);
	} catch (error) {
		last = null;
		await context.close();
		throw error;
	}
}

/* Where the browser is, without the site. */
export function place(page) {
	assert.ok(page.url().startsWith(`${BASE}/`), `the browser is on another site: ${page.url()}`);
	return page.url().slice(BASE.length);
}

/* People who exist nowhere else, in this run or another. */
let count = 0;
export function newPerson() {
	const tag = `${Date.now().toString(36)}${process.pid.toString(36)}${count++}`;

	return { email: `Ann.${tag}@example.org`, username: `ann-${tag}`, name: "Ann Smith",
		password: `osprey ${tag} lantern quarry` };
}

/* Press what leads to another page, and wait until that is there. */
export async function press(page, name, role = "button") {
	const loaded = page.waitForEvent("load");

	await Promise.all([loaded, page.getByRole(role, { name }).click()]);
}

export async function register(page, person, query = "") {
	await page.goto(`${BASE}/register${query}`);
	await page.getByLabel("Email").fill(person.email);
	await page.getByLabel("Name (optional)", { exact: true }).fill(person.name);
	await page.getByLabel("Username").fill(person.username);
	await page.getByLabel("Password", { exact: true }).fill(person.password);
	await page.getByLabel("Repeat the password", { exact: true }).fill(person.password);
	await press(page, "Create account");
}

/*
 * What the forms do, without typing: for tests of something else. The answer is that of the program, no redirect
 * followed; the window has the cookie.
 */
export function post(page, path, form) {
	/* A server may end an idle connection just when it is used again: a browser tries once more. */
	return page.request.post(`${BASE}${path}`, { form, maxRedirects: 0, maxRetries: 2,
		headers: { accept: "text/html", "sec-fetch-site": "same-origin" } });
}

export async function be(page, person) {
	const { email, password } = person;
	const answer = await post(page, "/auth/login", { email, password });

	assert.equal(answer.status(), 303);
}

export async function beNew(page, person) {
	const answer = await post(page, "/auth/register", person);

	assert.equal(answer.status(), 303);
}

export async function fillSignIn(page, email, password) {
	await page.getByLabel("Email or username").fill(email);
	await page.getByLabel("Password", { exact: true }).fill(password);
	await press(page, "Sign in");
}

export async function signIn(page, person, query = "") {
	await page.goto(`${BASE}/login${query}`);
	await fillSignIn(page, person.email, person.password);
}

export async function signOut(page) {
	await press(page, "Sign out");
}

/* The browser's own checks would keep a bad form from being sent; the server's are what is tested. */
export async function sendUnchecked(page, button) {
	await page.getByRole("button", { name: button }).evaluate((b) => b.setAttribute("formnovalidate", ""));
	await press(page, button);
}

/* One Chromium for all tests, and eyes on every page it opens. */
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

export const BASE = (process.env.BASE ?? "http://127.0.0.1:8080").replace(/\/+$/, "");

const ARGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
	"--disable-background-networking", "--disable-component-update", "--disable-sync"];

let browser;

export async function start() {
	browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGS });
}

export async function stop() {
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

	context.setDefaultTimeout(10000);
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

/* Run ${body} with a fresh browser; at the end no page in it may have been at fault. */
export async function visit(options, body) {
	const { context, page, faults } = await open(options);

	try {
		await body(page, context);
		assert.deepEqual(faults, []);
	} finally {
		await context.close();
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

export async function register(page, person, query = "") {
	await page.goto(`${BASE}/register${query}`);
	await page.getByLabel("Email").fill(person.email);
	await page.getByLabel("Name", { exact: false }).first().fill(person.name);
	await page.getByLabel("Username").fill(person.username);
	await page.getByLabel("Password", { exact: true }).fill(person.password);
	await page.getByLabel("Repeat the password", { exact: true }).fill(person.password);
	await page.getByRole("button", { name: "Create account" }).click();
}

export async function fillSignIn(page, email, password) {
	await page.getByLabel("Email or username").fill(email);
	await page.getByLabel("Password", { exact: true }).fill(password);
	await page.getByRole("button", { name: "Sign in" }).click();
}

export async function signIn(page, person, query = "") {
	await page.goto(`${BASE}/login${query}`);
	await fillSignIn(page, person.email, person.password);
}

export async function signOut(page) {
	await page.getByRole("button", { name: "Sign out" }).click();
}

/* The browser's own checks would keep a bad form from being sent; the server's are what is tested. */
export async function sendUnchecked(page, button) {
	await page.getByRole("button", { name: button }).evaluate((b) => b.setAttribute("formnovalidate", ""));
	await page.getByRole("button", { name: button }).click();
}

/* Proof of work in a real browser, on a site that always asks for it. BASE=http://127.0.0.1:8080 node --test work.mjs */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { BASE, newPerson, place, post, press, register, start, stop, visit } from "./browser.mjs";
import { everything } from "./checks.mjs";

const SCRIPTED = { javaScriptEnabled: true }, BARE = { javaScriptEnabled: false };

before(start);
after(stop);

const status = (page) => page.locator("[role=status]");

/* Fill in all but what says who it is. */
async function fill(page, person) {
	await page.getByLabel("Email").fill(person.email);
	await page.getByLabel("Password", { exact: true }).fill(person.password);
	await page.getByLabel("Repeat the password", { exact: true }).fill(person.password);
}

test("a browser with JavaScript does the work, and says so while it does", () => visit(SCRIPTED, async (page) => {
	let asked = 0;

	await page.route("**/auth/challenge", async (route) => {
		asked++;
		await new Promise((resolve) => setTimeout(resolve, 500));
		await route.continue();
	});
	await page.goto(`${BASE}/register`);
	assert.deepEqual(await everything(page), []);
	assert.equal(await status(page).textContent(), "");
	await fill(page, newPerson());
	assert.equal(asked, 0);
	await page.getByRole("button", { name: "Create account" }).click();
	await page.waitForFunction(() => document.querySelector("[role=status]").textContent.startsWith("Checking"));
	assert.deepEqual(await everything(page), []);
	await page.waitForURL("**/account");
	assert.equal(asked, 1);
}));

test("two clicks are one piece of work, and one sign-up", () => visit(SCRIPTED, async (page) => {
	const sent = [];

	page.on("request", (request) => sent.push(new URL(request.url()).pathname));
	await page.goto(`${BASE}/register`);
	await fill(page, newPerson());
	await page.getByRole("button", { name: "Create account" }).evaluate((b) => { b.click(); b.click(); b.click(); });
	await page.waitForURL("**/account");
	for (const path of ["/auth/challenge", "/static/work.js", "/auth/register"])
		assert.equal(sent.filter((x) => x === path).length, 1, path);
}));

test("after a mistake the work is done again", () => visit(SCRIPTED, async (page) => {
	const ann = newPerson();

	await register(page, { ...ann, password: "12345678" });
	assert.equal(place(page), "/auth/register");
	assert.match(await page.getByRole("alert").textContent(), /Password/);
	await page.getByLabel("Password", { exact: true }).fill(ann.password);
	await page.getByLabel("Repeat the password", { exact: true }).fill(ann.password);
	await press(page, "Create account");
	assert.equal(place(page), "/account");
}));

test("passwords that differ are told before any work is done", () => visit(SCRIPTED, async (page) => {
	let asked = 0;

	await page.route("**/auth/challenge", (route) => { asked++; return route.continue(); });
	await page.goto(`${BASE}/register`);
	await fill(page, newPerson());
	await page.getByLabel("Repeat the password", { exact: true }).fill("something else");
	await page.getByRole("button", { name: "Create account" }).click();
	await page.locator("#password_confirm-error").waitFor();
	assert.equal(asked, 0);
	assert.equal(place(page), "/register");
}));

test("who comes back to the form and sends it again works again", () => visit(SCRIPTED, async (page, context) => {
	const ann = newPerson(), ben = newPerson();

	await page.goto(`${BASE}/register`);
	await fill(page, ann);
	await press(page, "Create account");
	assert.equal(place(page), "/account");
	await context.clearCookies();
	await page.goBack();
	assert.equal(place(page), "/register");
	assert.equal(await page.locator("input[name=work]").inputValue(), "");
	await fill(page, ben);
	await press(page, "Create account");
	assert.equal(place(page), "/account");
}));

test("where the work cannot be done the server says what is missing", () => visit(SCRIPTED, async (page) => {
	await page.route("**/auth/challenge", (route) => route.fulfill({ contentType: "application/json", body: "?" }));
	await page.goto(`${BASE}/register`);
	await fill(page, newPerson());
	await press(page, "Create account");
	assert.equal(place(page), "/auth/register");
	assert.match(await page.getByRole("alert").textContent(), /a solved challenge is needed/);
	await page.unrouteAll();
	await fill(page, newPerson());
	await press(page, "Create account");
	assert.equal(place(page), "/account");
}));

test("without JavaScript the page says that it is needed, and so does the answer", () => visit(BARE, async (page) => {
	await page.goto(`${BASE}/register`);
	assert.ok(await page.getByText("Please turn on JavaScript").isVisible());
	assert.deepEqual(await everything(page), []);
	await fill(page, newPerson());
	await press(page, "Create account");
	assert.equal(place(page), "/auth/register");
	assert.match(await page.getByRole("alert").textContent(), /a browser with JavaScript/);
	assert.deepEqual(await everything(page), []);
}));

test("forgot your password, too, is work, and then a mail on its way", () => visit(SCRIPTED, async (page) => {
	await page.goto(`${BASE}/forgot`);
	assert.deepEqual(await everything(page), []);
	await page.getByLabel("Email").fill(newPerson().email);
	await press(page, "Send the link");
	assert.equal(place(page).split("#")[0], "/forgot");
	assert.ok(await page.getByText("Look into your mail").isVisible());
}));

test("a form without the solution is refused", () => visit({}, async (page) => {
	assert.equal((await post(page, "/auth/register", newPerson())).status(), 428);
}));

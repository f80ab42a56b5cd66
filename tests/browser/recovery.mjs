/* Links in mails in a real browser. BASE=http://127.0.0.1:8080 MAILBOX=FOLDER node --test recovery.mjs */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { BASE, IPHONE, beNew, fillSignIn, newPerson, open, place, post, press, sendUnchecked, signOut, start, stop,
	visit } from "./browser.mjs";
import { everything } from "./checks.mjs";
import { linkTo } from "./mailbox.mjs";

before(start);
after(stop);

const alert = (page) => page.getByRole("alert");

/* Without JavaScript nobody takes the code out of the address: it is pasted. */
async function takeCode(page, path, code, javaScriptEnabled) {
	await page.goto("about:blank");
	await page.goto(`${BASE}${path}#${code}`);
	if (!javaScriptEnabled)
		await page.getByLabel("Code").fill(code);
	assert.equal(await page.getByLabel("Code").inputValue(), code);
	if (javaScriptEnabled)
		assert.ok(!page.url().includes("#"), "the code is still in the address");
}

async function choose(page, password) {
	await page.getByLabel("New password", { exact: true }).fill(password);
	await page.getByLabel("Repeat the new password", { exact: true }).fill(password);
	await press(page, "Change password");
}

for (const javaScriptEnabled of [true, false]) {
	const promise = (name, body) => test(`with JavaScript ${javaScriptEnabled ? "on" : "off"}, ${name}`,
		() => visit({ javaScriptEnabled }, body));

	promise("who forgot the password gets in again by a mail", async (page, context) => {
		const ann = newPerson(), better = `${ann.password} heron`;

		await beNew(page, ann);
		await context.clearCookies();
		await page.goto(`${BASE}/login`);
		await press(page, "Forgot your password?", "link");
		assert.equal(place(page), "/forgot");
		assert.deepEqual(await everything(page), []);
		await page.getByLabel("Email").fill("nobody");
		await sendUnchecked(page, "Send the link");
		assert.match(await alert(page).textContent(), /Email is not an e-mail address/);
		assert.equal(await page.getByLabel("Email").inputValue(), "nobody");
		assert.deepEqual(await everything(page), []);
		await page.getByLabel("Email").fill(ann.email);
		await press(page, "Send the link");
		assert.equal(place(page).split("#")[0], "/forgot");
		assert.ok(await page.getByText("Look into your mail").isVisible());
		assert.deepEqual(await everything(page), []);

		const code = await linkTo(ann.email, "/reset");
		await takeCode(page, "/reset", code, javaScriptEnabled);
		assert.deepEqual(await everything(page), []);
		assert.equal(await page.getByLabel("New password", { exact: true }).getAttribute("autocomplete"), "new-password");
		await choose(page, "12345678");
		assert.match(await alert(page).textContent(), /New password is (known from a breach|too easy)/);
		assert.deepEqual(await everything(page), []);
		if (!javaScriptEnabled)
			await page.getByLabel("Code").fill(code);
		await choose(page, better);
		assert.equal(place(page).split("#")[0], "/login");
		assert.ok(await page.getByText("Sign in with the new one").isVisible());
		assert.ok(!(await context.cookies()).some((c) => c.name === "yett"), "signed in by the link alone");
		await fillSignIn(page, ann.email, ann.password);
		assert.match(await alert(page).textContent(), /Wrong user or password/);
		await fillSignIn(page, ann.email, better);
		assert.equal(place(page), "/account");
		await signOut(page);

		await takeCode(page, "/reset", code, javaScriptEnabled);
		await choose(page, `${better} again`);
		assert.match(await alert(page).textContent(), /not valid, or not any more/);
		assert.deepEqual(await everything(page), []);
		await press(page, "ask for another link", "link");
		assert.equal(place(page), "/forgot");
	});

	promise("who is told of a sign-in that was somebody else's ends it", async (page, context) => {
		const ann = newPerson(), { email, password } = ann;
		const thief = await open({ javaScriptEnabled, userAgent: IPHONE });

		try {
			await beNew(page, ann);
			assert.equal((await post(thief.page, "/auth/login", { email, password })).status(), 303);
			await thief.page.goto(`${BASE}/account`);
			assert.equal(place(thief.page), "/account");
			await takeCode(page, "/end-session", await linkTo(email, "/end-session"), javaScriptEnabled);
			assert.deepEqual(await everything(page), []);
			await press(page, "End that session");
			assert.equal(place(page).split("#")[0], "/forgot");
			assert.ok(await page.getByText("That session has ended.").isVisible());
			await thief.page.goto(`${BASE}/account`);
			assert.equal(place(thief.page), "/login?return_to=/account");
			await page.goto(`${BASE}/account`);
			assert.equal(place(page), "/account", "the other session has ended, too");
			assert.deepEqual(thief.faults, []);
		} finally {
			await thief.context.close();
		}
	});

	promise("a code that is none is told on the page that it was typed on", async (page) => {
		for (const [path, button] of [["/unlock", "End the waits"], ["/end-session", "End that session"]]) {
			await page.goto(`${BASE}${path}`);
			await page.getByLabel("Code").fill("nonsense");
			await press(page, button);
			assert.match(await alert(page).textContent(), /not valid, or not any more/);
			assert.deepEqual(await everything(page), []);
		}
	});
}

/* Links in mails in a real browser. BASE=http://127.0.0.1:8080 MAILBOX=FOLDER node --test recovery.mjs */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { BASE, beNew, fillSignIn, newPerson, open, place, post, press, signOut, start, stop, visit } from "./browser.mjs";
import { everything } from "./checks.mjs";

const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) " +
	"Version/18.0 Mobile/15E148 Safari/604.1";
const WAIT_MS = 20000; /* for a mail */

before(start);
after(stop);

const alert = (page) => page.getByRole("alert");

/* The link to ${path} in the mail to ${address}, once it is there. */
async function linkIn(address, path) {
	const end = Date.now() + WAIT_MS;
	const plain = (mail) => mail.replace(/=\r?\n/g, "").replace(/=3D/gi, "=").replace(/=23/g, "#");

	while (Date.now() < end) {
		for (const file of readdirSync(process.env.MAILBOX)) {
			const mail = plain(readFileSync(join(process.env.MAILBOX, file), "latin1"));
			const link = mail.match(new RegExp(`${BASE}${path}#[A-Za-z0-9_-]{43}`));

			if (mail.includes(`To: ${address}`) && link)
				return link[0];
		}
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
	throw new Error(`no mail with a link to ${path}`);
}

/* Without JavaScript nobody takes the code out of the address: it is pasted. */
async function takeCode(page, link, javaScriptEnabled) {
	const code = link.split("#")[1];

	await page.goto("about:blank");
	await page.goto(link);
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
		await page.getByRole("button", { name: "Send the link" }).evaluate((b) => b.setAttribute("formnovalidate", ""));
		await press(page, "Send the link");
		assert.match(await alert(page).textContent(), /Email is not an e-mail address/);
		assert.equal(await page.getByLabel("Email").inputValue(), "nobody");
		assert.deepEqual(await everything(page), []);
		await page.getByLabel("Email").fill(ann.email);
		await press(page, "Send the link");
		assert.equal(place(page).split("#")[0], "/forgot");
		assert.ok(await page.getByText("Look into your mail").isVisible());
		assert.deepEqual(await everything(page), []);

		const link = await linkIn(ann.email, "/reset");
		await takeCode(page, link, javaScriptEnabled);
		assert.deepEqual(await everything(page), []);
		assert.equal(await page.getByLabel("New password", { exact: true }).getAttribute("autocomplete"), "new-password");
		await choose(page, "12345678");
		assert.match(await alert(page).textContent(), /New password is (known from a breach|too easy)/);
		assert.deepEqual(await everything(page), []);
		if (!javaScriptEnabled)
			await page.getByLabel("Code").fill(link.split("#")[1]);
		await choose(page, better);
		assert.equal(place(page).split("#")[0], "/login");
		assert.ok(await page.getByText("Sign in with the new one").isVisible());
		assert.ok(!(await context.cookies()).some((c) => c.name === "yett"), "signed in by the link alone");
		await fillSignIn(page, ann.email, ann.password);
		assert.match(await alert(page).textContent(), /Wrong user or password/);
		await fillSignIn(page, ann.email, better);
		assert.equal(place(page), "/account");
		await signOut(page);

		await takeCode(page, link, javaScriptEnabled);
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
			await takeCode(page, await linkIn(email, "/end-session"), javaScriptEnabled);
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

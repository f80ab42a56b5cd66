/* Confirming and changing an address in a real browser, by the mails that the site sends. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { BASE, be, beNew, fillSignIn, newPerson, place, press, start, stop, visit } from "./browser.mjs";
import { everything } from "./checks.mjs";
import { linkTo } from "./mailbox.mjs";

before(start);
after(stop);

const notice = (page) => page.locator(".notice:target, .notice.told");

for (const javaScriptEnabled of [true, false]) {
	const promise = (name, body) => test(`with JavaScript ${javaScriptEnabled ? "on" : "off"}, ${name}`,
		() => visit({ javaScriptEnabled }, body));

	/* The link's page, with the code in its field, by itself or by hand. */
	async function follow(page, code) {
		if (!javaScriptEnabled)
			await page.goto("about:blank"); /* else only the fragment would change, where the page is open already */
		await page.goto(`${BASE}/verify#${code}`);
		assert.deepEqual(await everything(page), []);
		if (javaScriptEnabled) {
			assert.equal(await page.getByLabel("Code").inputValue(), code);
			assert.equal(place(page), "/verify", "the code is still in the address");
		} else {
			await page.getByLabel("Code").fill(code);
		}
		await press(page, "Confirm");
	}

	promise("who is signed in confirms the address by the link of the mail, once", async (page) => {
		const ann = newPerson();
		await beNew(page, ann);
		await page.goto(`${BASE}/account`);
		assert.ok(await page.getByText("Not confirmed yet").isVisible());
		assert.deepEqual(await everything(page), []);
		const code = await linkTo(ann.email, "/verify");
		await follow(page, code);
		assert.equal(place(page).split("#")[0], "/account");
		assert.equal(await notice(page).textContent(), "Your address is confirmed.");
		assert.equal(await page.getByText("Not confirmed yet").count(), 0);
		assert.equal(await page.getByRole("button", { name: "Send the mail again" }).count(), 0);
		await follow(page, code);
		assert.match(await page.title(), /^Error: Confirm your address - /);
		assert.match(await page.getByRole("alert").textContent(), /not valid, or not any more/);
		assert.deepEqual(await everything(page), []);
	});

	promise("who is not is sent to sign in, and told that it is confirmed", async (page, context) => {
		const ann = newPerson();
		await beNew(page, ann);
		await context.clearCookies();
		await follow(page, await linkTo(ann.email, "/verify"));
		assert.equal(place(page).split("#")[0], "/login?return_to=/account");
		assert.equal(await notice(page).textContent(), "Your address is confirmed. Now you can sign in.");
		await fillSignIn(page, ann.email, ann.password);
		assert.equal(place(page), "/account");
	});

	promise("the mail can be had once more, from the account and from the link's page", async (page) => {
		const ann = newPerson();
		await beNew(page, ann);
		const first = await linkTo(ann.email, "/verify");
		await page.goto(`${BASE}/account`);
		await press(page, "Send the mail again");
		assert.match(await notice(page).textContent(), /^Look into your mail/);
		const second = await linkTo(ann.email, "/verify", [first]);
		await page.goto(`${BASE}/verify`);
		await page.getByLabel("Email").fill(ann.email);
		await press(page, "Send it again");
		assert.equal(place(page).split("#")[0], "/verify");
		assert.match(await notice(page).textContent(), /a mail is on its way/);
		await follow(page, second);
		assert.match(await page.title(), /^Error: /, "an older link still works");
		await follow(page, await linkTo(ann.email, "/verify", [first, second]));
		assert.equal(place(page).split("#")[0], "/account");
	});

	promise("another address wants the password, and is the account's once its mail is answered", async (page, context) => {
		const ann = newPerson(), email = newPerson().email;
		await beNew(page, ann);
		await page.goto(`${BASE}/account`);
		await page.getByLabel("New address").fill(email);
		await page.getByLabel("Your password", { exact: true }).fill("not this one");
		await press(page, "Change address");
		assert.match(await page.title(), /^Error: Change address - /);
		assert.match(await page.locator("#current_password-error").textContent(), /is wrong/);
		assert.equal(await page.getByLabel("New address").inputValue(), email);
		assert.deepEqual(await everything(page), []);
		await page.getByLabel("Your password", { exact: true }).fill(ann.password);
		await press(page, "Change address");
		assert.match(await notice(page).textContent(), /^Look into your mail/);
		assert.ok((await page.getByRole("main").textContent()).includes(ann.email));
		await follow(page, await linkTo(email, "/verify"));
		assert.ok((await page.getByRole("main").textContent()).includes(email));
		await context.clearCookies();
		await be(page, { email, password: ann.password });
	});
}

test("the page that says to look into the mail is as good as the others", () => visit({ javaScriptEnabled: true }, async (page) => {
	await page.goto(`${BASE}/verify?sent=1`);
	assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "Look into your mail");
	assert.deepEqual(await everything(page), []);
}));

/* Signing in by a mailed link or code in a real browser: the courier puts the mails beside the state. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { BASE, beNew, newPerson, open, place, press, sendUnchecked, signIn, start, stop, visit } from "./browser.mjs";
import { everything } from "./checks.mjs";
import { mailTo } from "./mailbox.mjs";

before(start);
after(stop);

const alert = (page) => page.getByRole("alert");

async function ask(page, address, query = "") {
	await page.goto(`${BASE}/login${query}`);
	await page.getByLabel("Your email address").fill(address);
	await press(page, "Mail me a link instead");
}

/* The page of the link, with the token in its field, by itself or by hand. */
async function follow(page, token, javaScriptEnabled) {
	const field = page.getByLabel("What follows the # in the link");

	await page.goto(`${BASE}/sign-in#${token}`);
	if (javaScriptEnabled) {
		assert.equal(await field.inputValue(), token);
		assert.equal(place(page), "/sign-in", "the token is still in the address");
	} else {
		await field.fill(token);
	}
}

for (const javaScriptEnabled of [true, false]) {
	const mode = { javaScriptEnabled };
	const promise = (name, body) => test(`with JavaScript ${javaScriptEnabled ? "on" : "off"}, ${name}`,
		() => visit(mode, body));

	/* Somebody who has an account, and whom this browser has forgotten. */
	async function somebody(page, context) {
		const person = newPerson();
		await beNew(page, person);
		await context.clearCookies();
		return person;
	}

	promise("a link signs in by one click in the browser that asked, and leads to where one wanted to go", async (page, context) => {
		const ann = await somebody(page, context);
		await ask(page, ann.email, "?return_to=/account?a=1");
		assert.match(await page.title(), /^Look into your mail - /);
		assert.ok((await page.getByRole("main").textContent()).includes(ann.email));
		assert.equal(await page.evaluate(() => document.activeElement.id), "code");
		assert.deepEqual(await everything(page), []);
		const { token } = await mailTo(ann.email, "/sign-in");
		await follow(page, token, javaScriptEnabled);
		assert.deepEqual(await everything(page), []);
		await press(page, "Sign in");
		assert.equal(place(page), "/account?a=1");
		const cookies = await context.cookies();
		assert.deepEqual(cookies.map((c) => c.name), ["yett", "yett-device"]);
		await context.clearCookies();
		await follow(page, token, javaScriptEnabled);
		await press(page, "Sign in");
		assert.match(await page.title(), /^Error: /);
		assert.match(await alert(page).textContent(), /not valid, or not any more/);
		assert.deepEqual(await everything(page), []);
	});

	promise("another browser is not let in, and the code of the same mail goes into the one that asked", async (page, context) => {
		const ann = await somebody(page, context), phone = await open(mode);
		try {
			await ask(page, ann.email);
			const { token, code } = await mailTo(ann.email, "/sign-in");
			await follow(phone.page, token, javaScriptEnabled);
			await press(phone.page, "Sign in");
			assert.match(await alert(phone.page).textContent(), /in the browser that asked for it: type the code/);
			assert.deepEqual(await everything(phone.page), []);
			assert.deepEqual(await phone.context.cookies(), []);
			await phone.page.goto(`${BASE}/account`);
			assert.equal(place(phone.page), "/login?return_to=/account");
			assert.deepEqual(phone.faults, []);
			/* A slip first; the address stays. */
			await page.getByLabel("Code").fill(code === "000000" ? "000001" : "000000");
			await press(page, "Use the code");
			assert.match(await alert(page).textContent(), /not valid, or not any more/);
			assert.equal(await page.getByLabel("Email").inputValue(), ann.email);
			assert.deepEqual(await everything(page), []);
			await page.getByLabel("Code").fill(`${code.slice(0, 3)} ${code.slice(3)}`);
			await press(page, "Use the code");
			assert.equal(place(page), "/account");
		} finally {
			await phone.context.close();
		}
	});

	promise("after a wrong password a link is offered, and what is no address is told by its field", async (page, context) => {
		const ann = await somebody(page, context);
		await signIn(page, { email: ann.email, password: "not this one" });
		assert.deepEqual(await everything(page), []);
		await page.getByLabel("Your email address").fill("nobody");
		await sendUnchecked(page, "Mail me a link instead");
		assert.equal(await page.locator("#email-error").textContent(), "Email is not an e-mail address");
		assert.equal(await page.getByLabel("Email").inputValue(), "nobody");
		assert.deepEqual(await everything(page), []);
		await page.getByLabel("Email").fill(ann.email);
		await press(page, "Mail me a link");
		const { code } = await mailTo(ann.email, "/sign-in");
		await page.getByLabel("Code").fill(code);
		await page.keyboard.press("Enter");
		await page.waitForURL("**/account");
	});
}

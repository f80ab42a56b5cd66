/* Invitations and the waitlist in a real browser, on a site of mode waitlist, with mails as files. The environment says which: as
 * tests/browser/run does. BASE=http://127.0.0.1:8080 YETT=... YETT_SITE_STATE=... node --test waitlist.mjs */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";
import { BASE, newPerson, place, press, sendUnchecked, start, stop, visit } from "./browser.mjs";
import { everything } from "./checks.mjs";
import { linkTo } from "./mailbox.mjs";

before(start);
after(stop);

const yett = (...words) => execFileSync(process.env.YETT, words, { encoding: "utf8" });
const alert = (page) => page.getByRole("alert");

/* Fill in all of the page to register but the invitation. */
async function fill(page, person) {
	await page.getByLabel("Email").fill(person.email);
	await page.getByLabel("Password", { exact: true }).fill(person.password);
	await page.getByLabel("Repeat the password", { exact: true }).fill(person.password);
}

for (const javaScriptEnabled of [true, false]) {
	const promise = (name, body) => test(`with JavaScript ${javaScriptEnabled ? "on" : "off"}, ${name}`,
		() => visit({ javaScriptEnabled }, body));

	/* What the link brings is in the field ${label}, and no more in the address; or it is pasted. */
	const bring = async (page, path, token, label) => {
		await page.goto("about:blank");
		await page.goto(`${BASE}${path}#${token}`);
		if (javaScriptEnabled) {
			assert.equal(await page.getByLabel(label).inputValue(), token);
			assert.equal(place(page), path, "the code is still in the address");
		} else {
			assert.equal(await page.getByLabel(label).inputValue(), "");
			await page.getByLabel(label).fill(token);
		}
		assert.deepEqual(await everything(page), []);
	};

	promise("who waits asks, confirms, is invited, and signs up", async (page) => {
		const eve = newPerson();

		await page.goto(`${BASE}/register`);
		assert.deepEqual(await everything(page), []);
		await press(page, "join the waitlist", "link");
		assert.equal(place(page), "/waitlist");
		assert.equal(await page.locator(".notice").isVisible(), false);
		assert.deepEqual(await everything(page), []);
		await page.getByLabel("Email").fill(eve.email);
		await page.getByLabel("Note").fill("I play the cello");
		await press(page, "Join the waitlist");
		assert.equal(place(page).split("#")[0], "/waitlist");
		assert.ok(await page.getByText("A mail to that address says how it goes on.").isVisible());
		assert.deepEqual(await everything(page), []);

		await bring(page, "/waitlist/confirm", await linkTo(eve.email, "/waitlist/confirm"), "Code");
		await press(page, "Confirm");
		assert.match(await page.getByRole("status").textContent(), /You are number 1 on the waitlist/);
		assert.deepEqual(await everything(page), []);

		assert.equal(yett("waitlist", "invite", "1"), "1 invited\n");
		await bring(page, "/register", await linkTo(eve.email, "/register"), "Invitation code");
		await fill(page, eve);
		await press(page, "Create account");
		assert.equal(place(page), "/account");
	});

	promise("who is invited into an organisation signs up on the way, and belongs to it", async (page) => {
		const fay = newPerson(), slug = `club-${javaScriptEnabled}`;

		yett("org", "add", "Club", "--slug", slug);
		yett("invitation", "add", slug, fay.email);
		const token = await linkTo(fay.email, "/invitation");
		await bring(page, "/invitation", token, "Code");
		await press(page, "create an account", "link");
		assert.equal(place(page), "/register?return_to=/invitation");
		if (javaScriptEnabled)
			assert.equal(await page.getByLabel("Invitation code").inputValue(), token);
		else
			await page.getByLabel("Invitation code").fill(token);
		await fill(page, fay);
		await press(page, "Create account");
		assert.equal(place(page).split("#")[0], "/account");
		assert.ok(await page.getByText("You belong to the organisation now.").isVisible());
		assert.match(yett("org", "members", slug), new RegExp(fay.email, "i"));
		/* It is spent, and not kept. */
		await page.goto(`${BASE}/invitation`);
		assert.equal(await page.getByLabel("Code").inputValue(), "");
	});

	promise("without an invitation, or with a wrong one, the page says so", async (page) => {
		await page.goto(`${BASE}/register`);
		await fill(page, newPerson());
		await sendUnchecked(page, "Create account");
		assert.match(await page.title(), /^Error: Create an account/);
		assert.match(await alert(page).textContent(), /ask for one at \/waitlist/);
		assert.deepEqual(await everything(page), []);
		await page.getByLabel("Invitation code").fill("nothing");
		await fill(page, newPerson());
		await press(page, "Create account");
		assert.match(await alert(page).textContent(), /link or code is not valid/);
		assert.match(await alert(page).textContent(), /for the address that it was mailed to/);
		assert.deepEqual(await everything(page), []);

		await page.goto(`${BASE}/waitlist`);
		await page.getByLabel("Email").fill("no address");
		await sendUnchecked(page, "Join the waitlist");
		assert.match(await alert(page).textContent(), /Email is not an e-mail address/);
		assert.equal(await page.getByLabel("Email").getAttribute("aria-invalid"), "true");
		assert.deepEqual(await everything(page), []);
		await page.goto(`${BASE}/waitlist/confirm`);
		await page.getByLabel("Code").fill("nothing");
		await press(page, "Confirm");
		assert.match(await alert(page).textContent(), /link or code is not valid/);
		assert.deepEqual(await everything(page), []);
	});
}

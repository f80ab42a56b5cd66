/* Signing up in a real browser where the address has to be confirmed first. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { BASE, fillSignIn, newPerson, place, press, register, start, stop, visit } from "./browser.mjs";
import { everything } from "./checks.mjs";
import { linkTo } from "./mailbox.mjs";

before(start);
after(stop);

for (const javaScriptEnabled of [true, false])
	test(`with JavaScript ${javaScriptEnabled ? "on" : "off"}, who registers looks into the mail, confirms and signs in`,
		() => visit({ javaScriptEnabled }, async (page, context) => {
			const ann = newPerson();
			await register(page, ann);
			assert.equal(place(page), "/verify?sent=1");
			assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "Look into your mail");
			assert.deepEqual(await everything(page), []);
			assert.deepEqual(await context.cookies(), []);

			await page.goto(`${BASE}/login`);
			await fillSignIn(page, ann.email, ann.password);
			assert.match(await page.getByRole("alert").textContent(), /or the address is not confirmed yet/);

			const code = await linkTo(ann.email, "/verify");
			await page.goto(`${BASE}/verify#${code}`);
			if (!javaScriptEnabled)
				await page.getByLabel("Code").fill(code);
			await press(page, "Confirm");
			assert.equal(await page.locator(".notice:target, .notice.told").textContent(),
				"Your address is confirmed. Now you can sign in.");
			await fillSignIn(page, ann.email, ann.password);
			assert.equal(place(page), "/account");

			/* Once more with the same address: the same page, and no second account. */
			await context.clearCookies();
			await register(page, { ...ann, username: `${ann.username}-2`, password: `${ann.password} 2` });
			assert.equal(place(page), "/verify?sent=1");
			await page.goto(`${BASE}/login`);
			await fillSignIn(page, ann.email, `${ann.password} 2`);
			assert.match(await page.getByRole("alert").textContent(), /wrong user or password/);
		}));

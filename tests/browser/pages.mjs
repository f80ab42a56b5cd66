/* The pages in a real browser, with JavaScript and without. BASE=http://127.0.0.1:8080 node --test pages.mjs */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { BASE, IPHONE, be, beNew, fillSignIn, newPerson, open, place, post, press, register, sendUnchecked, signIn,
	signOut, start, stop, visit } from "./browser.mjs";
import { everything, focusOrder } from "./checks.mjs";

const MARKUP = `<script>pwned=1</script>"'><img src=x onerror=pwned=1>`; /* fits a username's 64 */

const SCRIPTED = { javaScriptEnabled: true };

before(start);
after(stop);

const alert = (page) => page.getByRole("alert");
const notice = (page) => page.locator(".notice:target, .notice.told");
const title = async (page, text) => assert.equal(await page.title(), text.replace("SITE", await siteName(page)));
const siteName = async (page) => (await page.locator(".brand").textContent()).trim();

/* The field ${label} is marked as wrong, says why, and the summary links to it. */
async function assertFieldError(page, label, reason) {
	const field = page.getByLabel(label, { exact: true });
	const id = await field.getAttribute("id");

	assert.equal(await field.getAttribute("aria-invalid"), "true");
	assert.match(await field.getAttribute("aria-describedby"), new RegExp(`(^| )${id}-error( |$)`));
	assert.match(await page.locator(`#${id}-error`).textContent(), reason);
	await alert(page).getByRole("link", { name: reason }).click();
	assert.equal(await page.evaluate(() => document.activeElement?.id || location.hash.slice(1)), id);
}

for (const javaScriptEnabled of [true, false]) {
	const mode = { javaScriptEnabled };
	const promise = (name, body) => test(`with JavaScript ${javaScriptEnabled ? "on" : "off"}, ${name}`,
		() => visit(mode, body));
	const ann = newPerson();

	promise("who registers is signed in and sees the account", async (page) => {
		await register(page, ann);
		assert.equal(place(page), "/account");
		await title(page, "Your account - SITE");
		const main = await page.getByRole("main").textContent();
		for (const text of [ann.email, ann.name, "viewer", "This session", "Chrome on Linux"])
			assert.ok(main.includes(text), `${text} is not on the account page`);
		assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), ann.name);
		assert.equal(await page.getByLabel("Username").inputValue(), ann.username);
		assert.equal(await page.locator(".session").count(), 1);
		assert.equal(await page.getByRole("button", { name: "End all other sessions" }).isVisible(), false);
	});

	promise("the address or the username signs in, signing out ends it", async (page, context) => {
		await signIn(page, ann);
		assert.equal(place(page), "/account");
		const cookies = await context.cookies();
		assert.deepEqual(cookies.map((c) => c.name).sort(), ["yett", "yett-device"]);
		assert.ok(cookies.every((c) => c.httpOnly && c.sameSite === "Lax"));
		await signOut(page);
		assert.equal(place(page).split("#")[0], "/login");
		assert.ok(await page.getByText("You are signed out.").isVisible());
		assert.deepEqual((await context.cookies()).map((c) => c.name), ["yett-device"]);
		await context.addCookies(cookies);
		await page.goto(`${BASE}/account`);
		assert.equal(place(page), "/login?return_to=/account", "the old cookie still works");
		await fillSignIn(page, ann.username, ann.password);
		assert.equal(place(page), "/account");
	});

	promise("a wrong password says so, and the address stays", async (page) => {
		await signIn(page, { email: ann.email, password: "not this one" });
		await title(page, "Error: Sign in - SITE");
		assert.match(await alert(page).textContent(), /Wrong user or password/);
		assert.equal(await page.evaluate(() => document.activeElement.getAttribute("role")), "alert");
		assert.equal(await page.getByLabel("Email or username").inputValue(), ann.email);
		assert.equal(await page.getByLabel("Password", { exact: true }).inputValue(), "");
		assert.deepEqual(await everything(page), []);
		await fillSignIn(page, ann.email, ann.password);
		assert.equal(place(page), "/account");
	});

	promise("an empty sign-in names the fields", async (page) => {
		await page.goto(`${BASE}/login`);
		await sendUnchecked(page, "Sign in");
		await assertFieldError(page, "Password", /^Password must not be empty/);
	});

	promise("registering names each field that is wrong and keeps what was typed", async (page) => {
		const bob = newPerson();
		await register(page, { ...bob, password: "12345678" });
		await title(page, "Error: Create an account - SITE");
		await assertFieldError(page, "Password", /^Password is (known from a breach|too easy)/);
		for (const [label, value] of [["Email", bob.email], ["Name (optional)", bob.name],
			["Username (optional)", bob.username], ["Password", ""], ["Repeat the password", ""]])
			assert.equal(await page.getByLabel(label, { exact: true }).inputValue(), value);
		assert.deepEqual(await everything(page), []);

		await register(page, { ...bob, email: ann.email.toUpperCase() });
		await assertFieldError(page, "Email", /^Email is taken/);
		await register(page, { ...bob, username: ann.username });
		await assertFieldError(page, "Username (optional)", /^Username is taken/);
	});

	promise("a repeated password that differs is told", async (page) => {
		const bob = newPerson();
		await page.goto(`${BASE}/register`);
		await page.getByLabel("Email").fill(bob.email);
		await page.getByLabel("Password", { exact: true }).fill(bob.password);
		await page.getByLabel("Repeat the password", { exact: true }).fill("another");
		await page.getByRole("button", { name: "Create account" }).click();
		if (!javaScriptEnabled) {
			await page.waitForURL("**/auth/register");
			await assertFieldError(page, "Repeat the password", /^Repeated password is not the same/);
			return;
		}
		assert.equal(place(page), "/register", "it was sent");
		assert.equal(await page.locator("#password_confirm-error").textContent(), "The two passwords differ");
		assert.equal(await page.evaluate(() => document.activeElement.id), "password_confirm");
		assert.equal(await page.locator("#password_confirm").getAttribute("aria-invalid"), "true");
		await page.keyboard.press("Control+A");
		await page.keyboard.type(bob.password);
		assert.equal(await page.locator("#password_confirm-error").count(), 0);
		assert.equal(await page.locator("#password_confirm").getAttribute("aria-invalid"), null);
		await page.keyboard.press("Enter");
		await page.waitForURL("**/account");
	});

	promise("the profile changes, and what is wrong with it is told next to the field", async (page) => {
		await be(page, ann);
		await page.goto(`${BASE}/account`);
		await page.getByLabel("Name", { exact: true }).fill("Ann Œ. Müller");
		await press(page, "Save profile");
		assert.ok(await page.getByText("Your profile is saved.").isVisible());
		assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Ann Œ. Müller");

		await page.getByLabel("Username").fill("no spaces here");
		await page.getByLabel("Name", { exact: true }).fill("Kept");
		await press(page, "Save profile");
		await title(page, "Error: Profile - SITE");
		await assertFieldError(page, "Username", /^Username must have 2 to 64/);
		assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Kept");
		assert.deepEqual(await everything(page), []);
		await page.getByLabel("Username").fill(ann.username);
		await press(page, "Save profile");
		assert.ok(await page.getByText("Your profile is saved.").isVisible());
		assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), "Kept");
	});

	promise("another session is listed and can be ended, alone or with all others", async (page) => {
		const phone = await open({ ...mode, userAgent: IPHONE });
		try {
			await be(page, ann);
			for (const [button, said] of [["End the session: Safari on iPhone", "The session has ended."],
				["End all other sessions", "All other sessions have ended."]]) {
				await be(phone.page, ann);
				await phone.page.goto(`${BASE}/account`);
				assert.equal(place(phone.page), "/account");
				await page.goto(`${BASE}/account`);
				assert.ok(await page.getByRole("listitem").filter({ hasText: "Safari on iPhone" }).isVisible());
				await press(page, button);
				assert.ok(await page.getByText(said, { exact: true }).isVisible());
				assert.equal(await page.getByText("Safari on iPhone").count(), 0);
				await phone.page.goto(`${BASE}/account`);
				assert.equal(place(phone.page), "/login?return_to=/account");
			}
			assert.deepEqual(phone.faults, []);
		} finally {
			await phone.context.close();
		}
	});

	promise("the password changes, and wrong ones are told", async (page) => {
		const carol = newPerson(), better = `${carol.password} heron`;
		const change = async (current, next) => {
			await page.getByLabel("Current password", { exact: true }).fill(current);
			await page.getByLabel("New password", { exact: true }).fill(next);
			await page.getByLabel("Repeat the new password", { exact: true }).fill(next);
			await press(page, "Change password");
		};

		await beNew(page, carol);
		await page.goto(`${BASE}/account`);
		await change("not this one", better);
		await title(page, "Error: Change password - SITE");
		await assertFieldError(page, "Current password", /^Current password is wrong/);
		assert.deepEqual(await everything(page), []);
		await change(carol.password, "12345678");
		await assertFieldError(page, "New password", /^New password is (known from a breach|too easy)/);
		await change(carol.password, better);
		assert.ok(await page.getByText("Your password is changed.").isVisible());
		await signOut(page);
		await fillSignIn(page, carol.email, carol.password);
		assert.match(await alert(page).textContent(), /Wrong user or password/);
		await fillSignIn(page, carol.email, better);
		assert.equal(place(page), "/account");
	});

	promise("return_to is where sign-in, sign-up and a second try lead", async (page) => {
		const target = "/account?a=1&b=%2F+x#part", query = `?return_to=${encodeURIComponent(target)}`;
		await page.goto(`${BASE}/login${query}`);
		await fillSignIn(page, ann.email, "not this one");
		await fillSignIn(page, ann.email, ann.password);
		assert.equal(place(page), target);
		await page.goto(`${BASE}/login${query}`);
		assert.equal(place(page), target, "who is signed in goes on at once");
		await signOut(page);

		await page.goto(`${BASE}/login${query}`);
		await press(page, "Create an account", "link");
		await press(page, "Sign in", "link");
		await press(page, "Create an account", "link");
		assert.equal(place(page), `/register${query}`);
		await register(page, newPerson(), query);
		assert.equal(place(page), target);
	});

	promise("no return_to leads off the site", async (page, context) => {
		for (const target of ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"]) {
			const query = `?return_to=${encodeURIComponent(target)}`;
			await context.clearCookies();
			await signIn(page, ann, query);
			assert.equal(place(page), "/account");
		}
	});

	promise("markup in any field is shown as text", async (page) => {
		const eve = { ...newPerson(), name: MARKUP };
		const harmless = async () => {
			assert.equal(await page.locator("img[src=x], main script").count(), 0);
			assert.equal(await page.evaluate(() => window.pwned), undefined);
		};

		await page.goto(`${BASE}/register`);
		for (const label of ["Email", "Name (optional)", "Username (optional)"])
			await page.getByLabel(label, { exact: true }).fill(MARKUP);
		await page.getByLabel("Password", { exact: true }).fill(eve.password);
		await page.getByLabel("Repeat the password", { exact: true }).fill(eve.password);
		await sendUnchecked(page, "Create account");
		await assertFieldError(page, "Email", /^Email is not an e-mail address/);
		for (const label of ["Email", "Name (optional)", "Username (optional)"])
			assert.equal(await page.getByLabel(label, { exact: true }).inputValue(), MARKUP);
		await harmless();

		await signIn(page, { email: MARKUP, password: "x" }, `?return_to=/${encodeURIComponent(MARKUP)}`);
		assert.equal(await page.getByLabel("Email or username").inputValue(), MARKUP);
		await harmless();

		await beNew(page, eve);
		await page.goto(`${BASE}/account`);
		assert.ok((await page.getByRole("main").textContent()).includes(MARKUP));
		assert.equal(await page.getByLabel("Name", { exact: true }).inputValue(), MARKUP);
		await harmless();
		await page.goto(`${BASE}/account/${encodeURIComponent(MARKUP)}?_method=${encodeURIComponent(MARKUP)}`);
		await harmless();
	});

	promise("the keyboard alone signs in and reaches everything", async (page) => {
		await page.goto(`${BASE}/login`);
		assert.equal(await page.evaluate(() => document.activeElement.id), "email");
		await page.keyboard.type(ann.email);
		await page.keyboard.press("Tab");
		await page.keyboard.type(ann.password);
		await page.keyboard.press("Enter");
		await page.waitForURL("**/account");
		const { stops, wrong } = await focusOrder(page);
		assert.deepEqual(wrong, []);
		assert.equal(stops[0], "Skip to the content");
		for (const name of ["Sign out", "Name", "Username", "Save profile", "Current password", "Change password", "Details"])
			assert.ok(stops.includes(name), `${name} is not among ${stops}`);
		await page.goto(`${BASE}/account`);
		await page.keyboard.press("Tab");
		await page.keyboard.press("Enter");
		assert.equal(await page.evaluate(() => document.activeElement.id), "main");
	});

	promise("an invitation's page takes its code, also after signing in on the way, and says that one is over", async (page) => {
		const eve = newPerson(), code = "c".repeat(43);
		await page.goto(`${BASE}/invitation#${code}`);
		await title(page, "Your invitation - SITE");
		assert.deepEqual(await everything(page), []);
		if (javaScriptEnabled) {
			assert.equal(await page.getByLabel("Code").inputValue(), code);
			assert.equal(place(page), "/invitation", "the code is still in the address");
		}
		await press(page, "create an account", "link");
		assert.equal(place(page), "/register?return_to=/invitation");
		await register(page, eve, "?return_to=/invitation");
		if (javaScriptEnabled) {
			/* The code came along: it would have let her join at once. */
			await title(page, "Error: Create an account - SITE");
			assert.match(await alert(page).textContent(), /link or code is not valid/);
			assert.deepEqual(await everything(page), []);
			assert.equal(await page.getByLabel("Invitation code").inputValue(), code);
			await page.getByLabel("Invitation code").fill("");
			await page.getByLabel("Password", { exact: true }).fill(eve.password);
			await page.getByLabel("Repeat the password", { exact: true }).fill(eve.password);
			await press(page, "Create account");
		}
		assert.equal(place(page), "/invitation");
		if (javaScriptEnabled)
			assert.equal(await page.getByLabel("Code").inputValue(), code);
		else
			await page.getByLabel("Code").fill(code);
		await press(page, "Join");
		await title(page, "Error: Your invitation - SITE");
		assert.match(await alert(page).textContent(), /there is no such invitation, or it is over/i);
		assert.deepEqual(await everything(page), []);
	});

	promise("what is not there, and what is not allowed, is a page with a way back", async (page) => {
		for (const [path, status] of [["/account/nothing", 404], ["/auth/login", 405], ["/users/me", 401]]) {
			const answer = await page.goto(`${BASE}${path}`);
			assert.equal(answer.status(), status);
			assert.match(await page.title(), /^Error: /);
			assert.deepEqual(await everything(page), []);
			await press(page, "Your account", "link");
			assert.equal(place(page), "/login?return_to=/account");
		}
	});
}

test("a password can be shown, and is hidden again when it is sent", () => visit(SCRIPTED, async (page) => {
	const ann = newPerson(), password = page.getByLabel("Password", { exact: true });
	await page.goto(`${BASE}/login`);
	await page.getByLabel("Email or username").fill(ann.email);
	await password.fill("visible");
	await page.getByRole("button", { name: "Show password" }).click();
	assert.equal(await password.getAttribute("type"), "text");
	await page.getByRole("button", { name: "Hide password" }).click();
	assert.equal(await password.getAttribute("type"), "password");
	await page.getByRole("button", { name: "Show password" }).click();
	await page.locator('form[action="/auth/login"]').evaluate((form) => {
		form.addEventListener("submit", (event) => event.preventDefault());
		form.requestSubmit();
	});
	assert.equal(await password.getAttribute("type"), "password");
}));

test("a form is sent once however often it is pressed", () => visit(SCRIPTED, async (page) => {
	const ann = newPerson();
	let sent = 0;
	await page.route("**/auth/register", async (route) => {
		sent++;
		await new Promise((resolve) => setTimeout(resolve, 300));
		await route.continue();
	});
	await page.goto(`${BASE}/register`);
	await page.getByLabel("Email").fill(ann.email);
	await page.getByLabel("Password", { exact: true }).fill(ann.password);
	await page.getByLabel("Repeat the password", { exact: true }).fill(ann.password);
	await page.getByRole("button", { name: "Create account" }).evaluate((b) => { b.click(); b.click(); b.click(); });
	await page.waitForURL("**/account");
	assert.equal(sent, 1);
}));

test("where no work is asked a form has none, and nothing for it is loaded", () => visit(SCRIPTED, async (page) => {
	const sent = [];

	page.on("request", (request) => sent.push(new URL(request.url()).pathname));
	await register(page, newPerson());
	assert.equal(place(page), "/account");
	assert.ok(sent.includes("/auth/register"));
	assert.deepEqual(sent.filter((path) => path === "/auth/challenge" || path === "/static/work.js"), []);
}));

test("times are told by their age", () => visit(SCRIPTED, async (page) => {
	await beNew(page, newPerson());
	await page.goto(`${BASE}/account`);
	assert.match(await page.locator("[data-time]").first().textContent(), /^(just now|1 minute ago)$/);
	assert.notEqual(await page.locator("[data-time]").first().getAttribute("title"), null);
}));

test("what was done is told once", () => visit(SCRIPTED, async (page) => {
	await beNew(page, newPerson());
	await page.goto(`${BASE}/account`);
	await press(page, "Save profile");
	assert.ok(await notice(page).isVisible());
	assert.equal(place(page), "/account");
	await page.reload();
	assert.equal(await notice(page).count(), 0);
}));

for (const colorScheme of ["light", "dark"])
	for (const [size, viewport] of [["a phone of 320 pixels", { width: 320, height: 640 }],
		["a wide screen", { width: 1280, height: 900 }]])
		test(`in the ${colorScheme} scheme pages are readable on ${size}`, () => visit({ colorScheme, viewport },
		    async (page) => {
			const dora = { ...newPerson(), name: "Dorothea".repeat(25) };
			dora.email = `${"d".repeat(60)}@${dora.email.split("@")[0].slice(4)}.${"long-label.".repeat(9)}example`;

			for (const path of ["/", "/login", "/register", "/forgot", "/reset", "/unlock", "/end-session", "/account/nothing"]) {
				await page.goto(`${BASE}${path}`);
				assert.deepEqual(await everything(page), [], path);
			}
			await register(page, { ...dora, password: "12345678" });
			assert.deepEqual(await everything(page), [], "register with errors");
			await beNew(page, dora);
			await page.goto(`${BASE}/account`);
			assert.deepEqual(await everything(page), [], "account");
			await page.locator("summary").first().click();
			await press(page, "Save profile");
			assert.ok(await notice(page).isVisible());
			assert.deepEqual(await everything(page), [], "account with a notice");
		}));

test("nothing moves for those who want it so", () => visit({ reducedMotion: "reduce" }, async (page) => {
	await page.goto(`${BASE}/login`);
	assert.equal(await page.evaluate(() => [...document.querySelectorAll("*")]
		.filter((e) => getComputedStyle(e).transitionDuration !== "0s" || getComputedStyle(e).animationName !== "none")
		.length), 0);
}));

/* Where a browser goes is what WHATWG URL says, and Node's URL says the same; so there is no need to go. */
test("no kind of address leads off the site, from no route", () => visit({}, async (page) => {
	const evil = ["\\\\evil.example", "///evil.example", "https:evil.example", "/\t/evil.example", "\n//evil.example",
		"/%09/evil.example", " //evil.example", "/\u2044/evil.example", "evil.example", "data:text/html,x", "@evil.example",
		"/.//evil.example", "/..//evil.example", "/\r\nLocation: https://evil.example", ".evil.example", "?//", "#//",
		"/\u0000/evil.example", "/" + "a".repeat(2000), "HTTPS://evil.example", "//127.0.0.1@evil.example"];
	const person = newPerson(), { email, password } = person;
	const stays = async (answer, target) => {
		const location = answer.headers().location;

		if (answer.status() === 303)
			assert.equal(new URL(location, BASE).origin, new URL(BASE).origin, `${target} leads to ${location}`);
		else /* refused by the program or the web server before it */
			assert.ok([400, 422].includes(answer.status()), `${answer.status()} for ${target}`);
	};

	await beNew(page, person);
	for (const target of evil) {
		const query = encodeURIComponent(target);

		await stays(await page.request.get(`${BASE}/login?return_to=${query}`, { maxRedirects: 0 }), target);
		await stays(await page.request.get(`${BASE}/register?return_to=${query}`, { maxRedirects: 0 }), target);
		await stays(await post(page, "/users/me?_method=PATCH", { return_to: target }), target);
		await stays(await post(page, `/auth/sessions?_method=DELETE&return_to=${query}`, {}), target);
		await stays(await post(page, "/auth/login", { email, password, return_to: target }), target);
		await stays(await post(page, "/auth/logout", { return_to: target }), target);
		await be(page, person);
	}
}));

test("the account of somebody with very many sessions is shown", () => visit({}, async (page) => {
	const person = newPerson(), headers = { "content-type": "application/json", "user-agent": '"'.repeat(500) };
	const body = JSON.stringify({ email: person.email, password: person.password });

	await beNew(page, person);
	for (let i = 0; i < 60; i++)
		assert.equal((await fetch(`${BASE}/auth/login`, { method: "POST", headers, body })).status, 200);
	await page.goto(`${BASE}/account`);
	assert.equal(await page.locator(".session").count(), 51);
	assert.ok(await page.getByText("This session").isVisible());
	assert.ok(await page.getByText("There are more").isVisible());
	assert.deepEqual(await everything(page), []);
}));

test("pages say what a browser must know of them", async () => {
	for (const path of ["/", "/login", "/register", "/static/yett.css", "/static/yett.js", "/static/icon.svg"]) {
		const answer = await fetch(`${BASE}${path}`, { headers: { accept: "text/html" } });
		assert.equal(answer.status, 200, path);
		assert.equal(answer.headers.get("x-content-type-options"), "nosniff", path);
		assert.match(answer.headers.get("content-security-policy"), /default-src 'none'/, path);
		assert.doesNotMatch(answer.headers.get("content-security-policy"), /unsafe/, path);
	}
});

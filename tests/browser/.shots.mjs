import { BASE, be, beNew, newPerson, open, post, register, start, stop } from "./browser.mjs";
await start();
const p = newPerson();
const sizes = { phone: { width: 375, height: 720 }, wide: { width: 1100, height: 800 } };
const only = process.argv[2];
for (const colorScheme of ["light", "dark"]) for (const [n, viewport] of Object.entries(sizes)) {
	if (only && only !== `${colorScheme}-${n}`) continue;
	const { page, context } = await open({ colorScheme, viewport });
	const shot = (name) => page.screenshot({ path: `/tmp/shots/${name}-${colorScheme}-${n}.png`, fullPage: true });
	const q = newPerson();
	await page.goto(BASE + "/"); await shot("index");
	await page.goto(BASE + "/login"); await shot("login");
	await register(page, { ...q, password: "12345678", email: "a@b@c" }).catch(()=>{});
	await page.goto(BASE + "/register");
	await page.setContent; 
	await page.getByLabel("Email").fill("ann@example.org");
	await page.getByLabel("Password", {exact:true}).fill("12345678");
	await page.getByLabel("Repeat the password", {exact:true}).fill("12345678");
	await page.keyboard.press("Enter"); await page.waitForURL("**/auth/register"); await shot("register-error");
	await page.goto(BASE + "/auth/nothing"); await shot("problem");
	await beNew(page, q);
	const other = await open({ userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1" });
	await be(other.page, q); await other.context.close();
	await page.goto(BASE + "/account"); await page.getByRole("button", {name:"Save profile"}).click(); await page.waitForTimeout(1500); await shot("account");
	await context.close();
}
await stop();

/* The mails that the site sends: its courier puts them into MAILBOX. */
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { BASE } from "./browser.mjs";

const PATIENCE_MS = 20000;

/* The token of the link to ${page} in a mail to ${address}, and the code there, if one is; of no mail whose token is in ${known}. */
export async function mailTo(address, page, known = []) {
	const link = new RegExp(`${BASE}${page}#([A-Za-z0-9_-]{43})`), to = `to: ${address}\r\n`.toLowerCase();

	for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await setTimeout(100))
		for (const name of readdirSync(process.env.MAILBOX).filter((file) => file.endsWith(".eml"))) {
			const mail = readFileSync(`${process.env.MAILBOX}/${name}`, "utf8").replace(/=\r?\n/g, "");
			const token = mail.match(link)?.[1];

			if (token && !known.includes(token) && mail.toLowerCase().includes(to))
				return { token, code: mail.match(/^ {4}([0-9]{6})\r?$/m)?.[1] };
		}
	throw new Error(`no mail to ${address} with a link to ${page}`);
}

/* That token alone. */
export async function linkTo(address, page, known) {
	return (await mailTo(address, page, known)).token;
}

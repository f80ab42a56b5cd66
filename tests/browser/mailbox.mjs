/* The mails that the site sends: its courier puts them into MAILBOX. */
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

const PATIENCE_MS = 20000;

/* The link to ${page} in a mail to ${address} that is none of ${known}. */
export async function linkTo(address, page, known = []) {
	for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await setTimeout(100)) {
		for (const name of readdirSync(process.env.MAILBOX)) {
			if (!name.endsWith(".eml"))
				continue;
			const mail = readFileSync(`${process.env.MAILBOX}/${name}`, "utf8").replace(/=\r?\n/g, "");
			const link = mail.match(new RegExp(`${page}#([A-Za-z0-9_-]{43})`));
			if (mail.includes(`To: ${address}\r\n`) && link && !known.includes(link[1]))
				return link[1];
		}
	}
	throw new Error(`no mail to ${address}`);
}

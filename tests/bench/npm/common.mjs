// What the two programs share: their arguments, their database, and a server on loopback.
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
import Database from "better-sqlite3";

if (process.argv.length !== 5) {
	console.error(`usage: ${process.argv[1]} DIR PORT PEOPLE\nMakes a database and files of tokens in DIR; serves on 127.0.0.1:PORT.`);
	process.exit(100);
}
export const [dir, port, people] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
export const origin = `http://127.0.0.1:${port}`;

// As durable as Yett's: an acknowledged write outlives the power.
export const db = new Database(`${dir}/db`);
db.pragma("journal_mode = WAL");
db.pragma("synchronous = FULL");

export const writeLines = (name, lines) => writeFileSync(`${dir}/${name}`, lines.map((line) => `${line}\n`).join(""));

export const serve = (handler) => {
	const server = createServer(handler);
	server.keepAliveTimeout = 60_000;
	server.listen({ host: "127.0.0.1", port, backlog: 1024 });
	process.on("SIGTERM", () => process.exit(0));
};

// Ports for the servers of tests, which keep them over restarts: no other test may take one in between.
import { createServer, type Server } from "node:net";

/**
 * Below those that the kernel gives to servers on port 0 and to clients. Above 10080, which browsers refuse to open.
 */
const FIRST_PORT = 10_100;
/** A process that tests has ports in a row to itself for as long as it holds the first of them. */
const ROW = 100;
const ROWS = 200;
/** How often a server is started on other ports. */
const ATTEMPTS = 3;

interface Row {
	readonly first: number;
	/** Keeps others away while it listens on the first port. */
	readonly holder: Server;
	given: number;
}

let row: Promise<Row> | undefined;

/** A port on which no one listens, and which is given to no other process until this test file ends. */
export async function freePort(): Promise<number> {
	row ??= takeRow();
	const taken = await row;
	for (;;) {
		// In turn: that of a server that restarts comes again only after all others.
		const port = taken.first + 1 + (taken.given++ % (ROW - 1));
		const server = await listening(port);
		if (server === undefined) continue;
		await new Promise((resolve) => server.close(resolve));
		return port;
	}
}

/** Starts a server on a free port, on others where it fails: a foreign program may have taken the port in between. */
export async function onFreePort<T>(start: (port: number) => Promise<T>): Promise<T> {
	for (let attempt = 1; ; attempt++) {
		try {
			return await start(await freePort());
		} catch (error) {
			if (attempt === ATTEMPTS) throw error;
		}
	}
}

async function takeRow(): Promise<Row> {
	for (;;) {
		const first = FIRST_PORT + ROW * Math.floor(Math.random() * ROWS);
		const holder = await listening(first);
		if (holder !== undefined) return { first, holder: holder.unref(), given: 0 };
	}
}

async function listening(port: number): Promise<Server | undefined> {
	const server = createServer().listen(port, "127.0.0.1");
	return new Promise((resolve) => {
		server.once("listening", () => resolve(server));
		server.once("error", () => resolve(undefined));
	});
}

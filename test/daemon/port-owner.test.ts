import { expect, test } from "bun:test";
import { createServer } from "node:net";
import { portOwner } from "../../src/daemon/port-owner.ts";

test("the owner of a listening port is named", async () => {
	const server = createServer().listen(0);
	await new Promise((resolve) => server.once("listening", resolve));
	const address = server.address();
	const port = typeof address === "object" && address !== null ? address.port : 0;
	expect(portOwner(port)).toMatch(new RegExp(`\\(pid ${process.pid}\\)$`));
	server.close();
	await new Promise((resolve) => server.once("close", resolve));
	expect(portOwner(port)).toBeUndefined();
});

// Shows whether this version of Bun.serve answers requests with bytes behind them (docs/adr/0012-http-on-node-http.md).
// Nothing depends on the outcome. Run it with: bun scripts/probe-bun-serve.ts
import { connect } from "node:net";

const server = Bun.serve({
	port: 0,
	hostname: "127.0.0.1",
	async fetch(request) {
		const text = await request.text();
		// As long as a disk takes.
		await Bun.sleep(20);
		return new Response(`carried out: ${text}`);
	},
});

const put = "PUT / HTTP/1.1\r\nHost: x\r\n";
const ways = {
	"a line end behind the body": `${put}Content-Length: 2\r\n\r\nhi\r\n`,
	"a request behind the body": `${put}Content-Length: 2\r\n\r\nhiGET / HTTP/1.1\r\nHost: x\r\n\r\n`,
	"a closed side": `${put}Content-Length: 2\r\n\r\nhi`,
	"a trailer": `${put}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nA: b\r\n\r\n`,
};
for (const [way, bytes] of Object.entries(ways)) {
	const { promise, resolve } = Promise.withResolvers<string>();
	const socket = connect({ port: server.port ?? 0, host: "127.0.0.1", allowHalfOpen: true });
	let said = "";
	socket.on("data", (chunk) => {
		said += chunk;
		if (said.includes("carried out: hi")) resolve("answered");
	});
	socket.on("end", () => resolve(`not answered, but: ${JSON.stringify(said.split("\r\n")[0])}`));
	socket.on("error", () => {});
	socket.write(bytes);
	if (way === "a closed side") socket.end();
	console.log(`${way}: ${await promise}`);
	socket.destroy();
}
await server.stop(true);

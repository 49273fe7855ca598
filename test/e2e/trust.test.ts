// With the machine's own Python a function is the server's user: every place that shows a configuration says so.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { TestHome } from "../support/binary.ts";
import { Flow } from "../support/flow.ts";
import { hasProgram } from "../support/programs.ts";
import { spawnBinary, startBinary } from "../support/target.ts";
import { until } from "../support/waiting.ts";

const SAID = /as the server's user.*database.*admin key.*outlive it/;

describe.if(hasProgram("/usr/bin/python3"))("engine = python3", () => {
	let home: TestHome;
	beforeAll(() => {
		home = new TestHome("trust");
		home.write("iottalk.ini", `${home.iniText()}[esm]\nengine = python3\n`);
	});
	afterAll(() => home.clear());

	test("is warned of by check, banner, log and status", async () => {
		expect(home.run("check").out).toMatch(new RegExp(`^note  engine .*${SAID.source}`, "m"));
		const server = await spawnBinary(home.ini);
		try {
			expect(server.banner).toMatch(SAID);
			expect(home.run("status").out).toMatch(new RegExp(`Warning .*${SAID.source}`));
			const line = new RegExp(`WARN: .*${SAID.source}`);
			await until(() => line.test(server.log()), "the line in the log", { seen: server.log });
		} finally {
			await server.stop();
		}
	});

	test("and it is true: a function reads the key, and has the server's rights", async () => {
		const target = await startBinary({ esm: { engine: "python3" } });
		const code = `import os\ndef run(x): return 'key' in open('${target.userdir}/iotctl.run.json').read() and os.access('${target.userdir}/iottalk.db', os.W_OK)\n`;
		const flow = await Flow.build(target, { idfs: [{ code }], odfs: [{}] });
		await flow.expect([1], [true]);
		await flow.device.client.end();
		await target.dispose();
	});
});

test("the embedded engine is warned of nowhere", async () => {
	const home = new TestHome("trust");
	expect(home.run("check").out).not.toMatch(SAID);
	const server = await spawnBinary(home.ini);
	expect(server.banner + server.log()).not.toMatch(SAID);
	await server.stop();
	home.clear();
});

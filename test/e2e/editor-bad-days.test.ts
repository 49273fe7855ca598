// What a browser, a network and other people do to an open page of the editor, in headless Chromium.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { CodeEditor } from "../support/code-editor.ts";
import { EditorBench } from "../support/editor.ts";
import { TESTS_POSTGRES } from "../support/own-database.ts";
import { hasProgram } from "../support/programs.ts";
import { change, drawProject, runProject, type SensorProject } from "../support/sensor-project.ts";
import { until } from "../support/waiting.ts";

/** A mobile network at the edge of a village. */
const SLOW = { download: 20_000, upload: 10_000, latency: 400 };
const PER_SECOND = 1000;
const LONG = "long ".repeat(2000);

describe.if(hasProgram("chromium"))("bad days of a page", () => {
	let bench: EditorBench;
	beforeAll(async () => {
		bench = await EditorBench.start("[gui]\nworkbench = on\n");
	});
	afterAll(() => bench.dispose());

	const rename = ({ naId }: SensorProject, na_name: string) => ({
		...{ kind: "rename_join", na_id: naId, na_name },
	});

	test("what one may do is taken away step by step", async () => {
		const drawn = await drawProject(bench.admin, "shared");
		const guest = await bench.server.person("guest");
		const share = `/api/v0/project/${drawn.pId}/share`;
		await bench.admin.ok("POST", share, { u_id: "guest", may: "edit" });
		const tab = await bench.open(`#/p/${drawn.pId}`, { person: guest });
		await change(bench.admin, drawn.pId, rename(drawn, "before"));
		await tab.shows("before");
		await bench.admin.ok("POST", share, { u_id: "guest", may: "look" });
		await tab.shows("You can look at this project, but not change it.");
		await change(bench.admin, drawn.pId, rename(drawn, "between"));
		await tab.shows("between");
		const members = await bench.admin.ok("GET", share);
		const [{ u_id = 0 } = {}] = members.data as { u_id: number }[];
		await bench.admin.ok("POST", `/api/v0/project/${drawn.pId}/unshare`, { u_id });
		await tab.shows("This project is gone");
		await tab.isUsable("bad-days-rights");
		await bench.admin.ok("POST", share, { u_id: "guest", may: "edit" });
		await tab.page.reload();
		await tab.shows("between");
		await tab.close();
	});

	test("a project that is damaged in the database says so, and can be deleted", async () => {
		const { pId } = await drawProject(bench.admin, "damaged");
		await bench.server.end();
		await bench.server.rows(
			// PostgreSQL does not check what JSON is.
			...(TESTS_POSTGRES ? [] : ["PRAGMA ignore_check_constraints = ON"]),
			`UPDATE ccm_project SET blocks = '{' WHERE p_id = ${pId}`,
		);
		await bench.server.run();
		const tab = await bench.open(`#/p/${pId}`);
		await tab.shows("This project cannot be read");
		await tab.isUsable("bad-days-damaged");
		await tab.press("To the projects");
		await tab.shows("damaged in its database");
		await tab.close();
		await bench.admin.ok("DELETE", `/api/v0/project/${pId}`);
	});

	test("a browser that has no room says that it keeps no draft, and saving works", async () => {
		const tab = await bench.open("#/f?new=1");
		await tab.page.evaluate(() => {
			for (let part = "x".repeat(1 << 20); part !== ""; ) {
				try {
					localStorage.setItem(`full-${localStorage.length}`, part);
				} catch {
					part = part.slice(0, part.length >> 1);
				}
			}
		});
		const code = new CodeEditor(tab);
		await code.write("def run(x1):", "return x1 + 1");
		await tab.shows("this browser cannot keep the draft");
		await tab.isUsable("bad-days-full-storage");
		await tab.fill("Name of the function", "roomless");
		await tab.press("Save");
		await tab.hides("Not saved");
		expect(JSON.stringify(await bench.admin.ok("GET", "/api/v0/function"))).toContain("roomless");
		await tab.close();
	});

	test("over a slow network the page loads, follows and changes", async () => {
		const drawn = await drawProject(bench.admin, "far");
		const tab = await bench.open("#/");
		await tab.page.emulateNetworkConditions(SLOW);
		await tab.go(`#/p/${drawn.pId}`);
		await tab.page.reload({ waitUntil: "domcontentloaded" });
		await tab.shows("farModel");
		await change(bench.admin, drawn.pId, rename(drawn, "seen from afar"));
		await tab.shows("seen from afar");
		await tab.press("Undo");
		await tab.hides("seen from afar");
		await tab.page.emulateNetworkConditions(null);
		await tab.close();
	});

	test("a device that sends a thousand values a second, and long ones, leaves the page usable", async () => {
		const drawn = await drawProject(bench.admin, "busy");
		const { sensor, display, from, to } = await runProject(
			bench.server,
			bench.admin,
			"busy",
			drawn,
		);
		let received = 0;
		display.client.raw.on("message", (topic) => {
			if (topic === to) received++;
		});
		const tab = await bench.open(`#/p/${drawn.pId}`);
		let sent = 0;
		const sending = setInterval(() => {
			for (let n = 0; n < PER_SECOND / 50; n++) {
				sensor.client.raw.publish(from, JSON.stringify([sent++ % 10 === 0 ? LONG : sent]));
			}
		}, 20);
		try {
			await until(() => sent > PER_SECOND, "a thousand values");
			await tab.go(`#/p/${drawn.pId}/join/${drawn.naId}`);
			await tab.press("Monitor");
			await tab.page.waitForSelector(".monitor-rows tbody tr");
			await change(bench.admin, drawn.pId, rename(drawn, "while it rains"));
			await tab.shows("while it rains");
			await tab.isUsable("bad-days-flood");
		} finally {
			clearInterval(sending);
		}
		await until(() => received === sent, "all of them");
		await tab.close();
		await Promise.all([sensor, display].map((device) => device.client.end()));
	});
});

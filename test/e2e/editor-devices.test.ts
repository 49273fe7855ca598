// Devices in the editor, with the compiled server and real devices: shown as they come, made a model of, added,
// claimed, and watched.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Subprocess } from "bun";
import { EditorBench, type EditorPage, LOOKS } from "../support/editor.ts";
import { TestDevice } from "../support/gateway.ts";
import { hasProgram } from "../support/programs.ts";
import { PASSWORD } from "../support/project-server.ts";
import { change, documentOf } from "../support/sensor-project.ts";
import { story } from "../support/story.ts";
import type { Target } from "../support/target.ts";
import { until } from "../support/waiting.ts";

// Debian's interpreter: that is where its paho is.
const PYTHON = "/usr/bin/python3";
const hasCurl = hasProgram("curl");
const hasPaho = hasProgram(PYTHON, "-c", "import paho.mqtt.client");
/** Devices that are shown before one asks for all. */
const FIRST = 9;
const MARKUP = "<b>Greenhouse</b>";

describe.if(hasProgram("chromium"))("devices in the editor", () => {
	let bench: EditorBench;
	let tab: EditorPage;
	let pId: number;
	let sensor: TestDevice;
	let from: string;
	const programs: Subprocess[] = [];
	const device = (fields: object) =>
		TestDevice.register({ http: bench.server.http, mqtt: bench.server.mqtt } as Target, {
			name: null,
			idf_list: null,
			odf_list: null,
			...fields,
		});
	beforeAll(async () => {
		bench = await EditorBench.start();
		pId = Number((await bench.admin.ok("PUT", "/api/v0/project", { p_name: "溫室" })).p_id);
	});
	afterAll(async () => {
		for (const program of programs) program.kill();
		await sensor?.client.end();
		await bench.dispose();
	});
	const step = story("from its registration to its values");

	step("an empty list says how a device gets there, with programs for this server", async () => {
		tab = await bench.open("#/d");
		await tab.shows("No devices yet");
		await tab.isUsable("devices-empty");
		await tab.press("Connect a device");
		await tab.shows("Waiting for devices …");
		await tab.shows(bench.server.http);
		await tab.isUsable("add-device-empty");
	});

	step.if(hasCurl)("the shown curl registers a device, which is there at once", async () => {
		await tab.press("curl");
		await tab.shows("curl -X PUT");
		const shown = await tab.page.$eval("pre", ({ textContent }) => textContent ?? "");
		expect(Bun.spawnSync(["sh", "-c", shown]).exitCode).toBe(0);
		await tab.shows("Dummy_Device");
		await tab.page.waitForSelector(".add-device-new");
		const said = await tab.page.$eval("[role=status].kit-unseen", (one) => one.textContent);
		expect(said).toContain("New device: ");
	});

	step.if(hasPaho)("the shown Python comes online, and sends when it is linked", async () => {
		await tab.press("Python");
		await tab.shows("import paho.mqtt.client");
		const shown = await tab.page.$eval("pre", ({ textContent }) => textContent ?? "");
		const program = Bun.spawn([PYTHON, "-c", shown], { stdout: "pipe", stderr: "pipe" });
		programs.push(program);
		await tab.page.waitForSelector(".add-device-card .devices-online");
		program.kill();
		await tab.page.waitForSelector(".add-device-card .devices-offline");
	});

	step("a device of an unknown model shows up by itself, and is made a model of", async () => {
		await tab.go(`#/p/${pId}/add`);
		await tab.shows("Back to the project 溫室");
		sensor = await device({
			...{ name: MARKUP, profile: { model: "Thermo" } },
			idf_list: [["Heat-I", [null, null]]],
		});
		await tab.shows("Thermo (no such model)");
		await sensor.say("online");
		await tab.page.waitForSelector(".add-device-card .devices-online");
		await tab.isUsable("add-device");
		await tab.press(`Make a model of it (${MARKUP})`);
		await tab.shows("Heat-I input · 2 values");
		await tab.isUsable("make-model");
		await tab.press("Make a model of it");
	});

	step("its features are chosen, and it is bound in the project", async () => {
		await tab.shows("Which features do you want to use?");
		const isChosen = await tab.page.$eval(
			"[type=checkbox]",
			(one) => (one as HTMLInputElement).checked,
		);
		expect(isChosen).toBe(true);
		await tab.isUsable("choose-features");
		await tab.press("Add to the project");
		await tab.page.waitForFunction(() => location.hash.includes("/block/"));
		await tab.shows(`Thermo was added and bound to ${MARKUP}.`);
		const { blocks } = await documentOf(bench.admin, pId);
		expect(blocks.map(({ bindings }) => bindings)).toEqual([[{ seat: 0, mac_addr: sensor.id }]]);
	});

	step("features of a plural model are chosen by number", async () => {
		const { data } = await bench.admin.ok("GET", "/api/v0/devicemodel/Message");
		const { dm_id } = data as { dm_id: number };
		await tab.go(`#/p/${pId}/add?model=${dm_id}`);
		await tab.shows("How many of Name-O (0–9)");
		expect(await tab.page.$("[type=submit]:disabled")).not.toBeNull();
		await tab.fill("How many of Name-O (0–9)", "3");
		await tab.press("Add to the project");
		await tab.page.waitForFunction(() => location.hash.includes("/block/"));
		const { blocks } = await documentOf(bench.admin, pId);
		const names = blocks.at(-1)?.ports.map(({ df_name }) => df_name);
		expect(names).toEqual(["Name-O1", "Name-O2", "Name-O3"]);
	});

	step("the list has where it is bound; claiming and giving back are one press", async () => {
		await tab.go("#/d?show=free&q=heat");
		await tab.shows(MARKUP);
		await tab.hides("Dummy_Device");
		await tab.press(`Claim ${MARKUP}`);
		await tab.shows("No device fits");
		await tab.press("Show all");
		await tab.press(`Give back ${MARKUP}`);
		await tab.shows(`${MARKUP} has no owner any more`);
		expect(await tab.page.$("main b")).toBeNull();
	});

	step("a device has its values as they come, and is grey while it is away", async () => {
		const { blocks } = await documentOf(bench.admin, pId);
		const [input = 0] = blocks[0]?.ports.map(({ dfo_id }) => dfo_id) ?? [];
		const [output = 0] = blocks[1]?.ports.map(({ dfo_id }) => dfo_id) ?? [];
		const join = { na_name: "Warm", na_idx: 0, dfo_ids: [input, output] };
		await change(bench.admin, pId, { kind: "add_join", ...join });
		await bench.admin.ok("POST", `/api/v0/project/${pId}`, { status: "on" });
		from = String((await sensor.signal()).topic);
		await tab.go(`#/d/${sensor.id}`);
		await tab.shows("Warm");
		await tab.shows("no data yet");
		let isOver = false;
		const shown = tab.shows("[21.5,40]").finally(() => {
			isOver = true;
		});
		// Again and again: CSM begins to tell of values a moment after someone looks.
		await until(async () => {
			await sensor.client.publish(from, [21.5, 40], { qos: 0 });
			return isOver;
		}, "the values on the page");
		await shown;
		await sensor.say("offline");
		await tab.page.waitForSelector("header .devices-offline");
		await sensor.say("online");
		await tab.page.waitForSelector("header .devices-online");
	});

	step("all of it is usable in each theme, language and width", async () => {
		for (const look of LOOKS) {
			const one = await bench.open("#/d", look);
			const name = Object.values(look).join("-");
			await one.shows(MARKUP);
			await one.isUsable(`devices-${name}`);
			await one.go(`#/d/${sensor.id}`);
			await one.shows("Warm");
			await one.isUsable(`device-${name}`);
			await one.go(`#/p/${pId}/add?how=1`);
			await one.shows("import paho.mqtt.client");
			await one.isUsable(`add-device-${name}`);
			await one.close();
		}
	});

	step("a class of devices does not push away how to connect another one", async () => {
		const phones = await Promise.all(
			Array.from({ length: 12 }, (_, n) =>
				device({ name: `Phone ${n}`, profile: { model: "Dummy_Device" } }),
			),
		);
		const list = await bench.open(`#/p/${pId}/add`);
		const cards = (all: boolean) =>
			list.page.waitForFunction(
				(first, all) => {
					const { length } = document.querySelectorAll(".add-device-registered .add-device-card");
					return all ? length > first : length === first;
				},
				{},
				FIRST,
				all,
			);
		await cards(false);
		await list.isUsable("add-device-many");
		await list.click(".add-device-more button");
		await cards(true);
		await list.fill("Search for a device or a model", "Phone 11");
		await list.shows("Phone 11");
		await list.close();
		await Promise.all(phones.map(({ client }) => client.end()));
	});

	step("a restart of the server is said, and the list comes back by itself", async () => {
		await bench.server.end();
		await tab.shows("The connection to the server is lost");
		await bench.server.run();
		await tab.hides("The connection to the server is lost");
		await tab.shows(MARKUP);
		await tab.go("#/d/00000000-0000-4000-8000-000000000000");
		await tab.shows("There is no such device");
		await tab.close();
	});
});

describe.if(hasProgram("chromium") && hasCurl)("devices that need a login", () => {
	let bench: EditorBench;
	beforeAll(async () => {
		bench = await EditorBench.start("[aaa]\nenable_mqtt_auth = true\n");
	});
	afterAll(() => bench.dispose());

	test("register with a token that a teacher makes; students are told to ask for one", async () => {
		const teacher = await bench.server.person("ann");
		const tab = await bench.open("#/add", { person: teacher });
		await tab.press("Make a registration token");
		await tab.shows("The token is in the program below");
		await tab.isUsable("add-device-token");
		await tab.press("curl");
		await tab.shows("curl -X PUT");
		const shown = await tab.page.$eval("pre", ({ textContent }) => textContent ?? "");
		const run = (text: string) => Bun.spawnSync(["sh", "-c", text]).stdout.toString();
		expect(run(shown.replace(/Bearer [^']+/, "Bearer TOKEN"))).toContain("login refused");
		expect(run(shown)).toContain('"state":"ok"');
		await tab.shows("New device: ");
		await tab.close();
		const account = { username: "sam", password: PASSWORD, role: "student" };
		await bench.admin.ok("PUT", "/api/v0/people", account);
		const student = await bench.open("#/add?how=1", { person: await bench.server.person("sam") });
		await student.shows("Ask a teacher or an administrator for a registration token");
		await student.isUsable("add-device-student");
		await student.close();
	});
});

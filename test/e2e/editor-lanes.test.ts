// The three lanes of a project in headless Chromium, on the compiled binary: by mouse, by finger, by keyboard alone.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { EditorBench, type EditorPage, WIDTHS } from "../support/editor.ts";
import { TestDevice } from "../support/gateway.ts";
import { hasText } from "../support/has-text.ts";
import { LanesPage, type LanesProject, lanesProject, middle } from "../support/lanes-page.ts";
import { hasProgram } from "../support/programs.ts";
import { change } from "../support/sensor-project.ts";
import { story } from "../support/story.ts";
import { until } from "../support/waiting.ts";

const SENSOR = ["MorSensor", "Color-I1", "Humidity-I", "Temp-I"] as const;
const DUMMY = ["Dummy_Device", "DummySensor-I"] as const;
const BULB = ["Bulb", "Color-O", "Luminance-O"] as const;

describe.if(hasProgram("chromium"))("the lanes of a project", () => {
	let bench: EditorBench;
	beforeAll(async () => {
		bench = await EditorBench.start();
	});
	afterAll(() => bench.dispose());

	const open = async (project: LanesProject, width: number) => {
		const tab = await bench.open(`#/p/${project.pId}`, { width, height: 900 });
		await tab.shows("Temp-I");
		// What the reader may do comes after the project.
		await tab.page.waitForSelector(".lanes-port[aria-pressed]");
		return { tab, lanes: new LanesPage(tab.page, project) };
	};

	describe("by mouse", () => {
		let project: LanesProject;
		let tab: EditorPage;
		let lanes: LanesPage;
		const step = story("from two blocks to a graph that shows what goes wrong");

		step("draws a wire from port to port, and its values come", async () => {
			project = await lanesProject(bench, "mouse", [SENSOR, DUMMY, BULB]);
			({ tab, lanes } = await open(project, WIDTHS.desk));
			await lanes.drag(await lanes.dot("Temp-I"), await lanes.dot("Luminance-O"));
			await lanes.has(["Temp-I", "Luminance-O"]);
			await lanes.wires("running", 2);
			const hasValue = () =>
				[...document.querySelectorAll(".lanes-chip")].every((one) =>
					/\d/.test(one.textContent ?? ""),
				);
			await tab.page.waitForFunction(hasValue);
			await tab.page.waitForSelector(".lanes-spark polyline[points*=' ']");
			expect(tab.page.url()).toContain("/join/");
		});

		step("shows a wire by its value or its line, and ends connecting with Esc", async () => {
			await tab.click(".lanes-chip");
			await tab.page.waitForFunction(() => location.hash.includes("/wire/"));
			await (await lanes.port("Temp-I")).click();
			await tab.shows("Connecting Temp-I");
			await tab.page.keyboard.press("Escape");
			await tab.hides("Connecting Temp-I");
			expect(tab.page.url()).toContain("/port/");
		});

		step("adds a port to a join", async () => {
			const join = await middle(await lanes.join("Join 1"));
			await lanes.drag(await lanes.dot("Humidity-I"), join);
			await lanes.has(["Temp-I", "Luminance-O", "Humidity-I"]);
		});

		step("warns while a wire is drawn, before it is there", async () => {
			const [from, to] = [await lanes.dot("Color-I1"), await lanes.dot("Luminance-O")];
			await lanes.drag(from, to, "Different numbers of values (3 → 1)");
			await lanes.has(["Temp-I", "Luminance-O", "Humidity-I"], ["Color-I1", "Luminance-O"]);
		});

		step("says why two inputs cannot be connected, and connects nothing", async () => {
			const [from, to] = [await lanes.dot("DummySensor-I"), await lanes.dot("Temp-I")];
			await lanes.drag(from, to, "Connect an input with an output.");
			await lanes.has(["Temp-I", "Luminance-O", "Humidity-I"], ["Color-I1", "Luminance-O"]);
		});

		step("removes a join with Delete, and takes that back", async () => {
			await (await lanes.join("Join 2")).focus();
			await tab.page.keyboard.press("Delete");
			await lanes.has(["Temp-I", "Luminance-O", "Humidity-I"]);
			await tab.shows("Deleted Join 2.");
			await tab.press("Undo");
			await lanes.has(["Temp-I", "Luminance-O", "Humidity-I"], ["Color-I1", "Luminance-O"]);
		});

		const firstInput = (name: string) =>
			tab.page.waitForFunction(
				(name) => document.querySelector("[data-lane=input] .lanes-name")?.textContent === name,
				{},
				name,
			);

		step("moves blocks by the menu and by dragging", async () => {
			await tab.press("Menu of Dummy_Device");
			await tab.press("Move up");
			await firstInput("Dummy_Device");
			const head = await middle(await tab.page.$("[data-lane=input] .lanes-head"));
			await lanes.drag(head, { x: head.x, y: head.y + 420 });
			await firstInput("MorSensor");
		});

		step("collapses a block, and its wires stay", async () => {
			await tab.press("Menu of MorSensor");
			await tab.press("Collapse");
			await tab.shows("3 features");
			await lanes.wires("running", 5);
			await tab.press("3 features");
			await tab.hides("3 features");
		});

		step("shows only what links to a block", async () => {
			await tab.press("Menu of Bulb");
			await tab.press("Only what links to this");
			await tab.hides("DummySensor-I");
			await tab.shows("Only what links to Bulb");
			await tab.press("Show all");
			await tab.shows("DummySensor-I");
		});

		step("shows Python's error at the port, with the line", async () => {
			const code = "def run(t):\n    return bb\n";
			const made = await bench.admin.ok("PUT", "/api/v0/function", { fn_name: "wrong", code });
			const { joins } = await project.document();
			await change(bench.admin, project.pId, {
				...{ kind: "set_link_param", na_id: joins[0]?.na_id, param_i: 0 },
				...{ dfo_id: await project.port("Temp-I"), fn_id: made.fn_id },
			});
			await hasText(tab.page, ".lanes-trouble", "“bb”");
			await lanes.wires("broken", 1);
			expect(await tab.page.$eval(".lanes-trouble", (one) => one.textContent)).toBe(
				"Join 1, line 2: There is nothing called “bb”. NameError: name 'bb' is not defined",
			);
		});

		step(
			"binds a device that registers while it is looked for, and shows that it leaves",
			async () => {
				await tab.click("[data-lane=output] .lanes-device");
				await tab.shows("Devices for Bulb");
				const { http, mqtt } = bench.server;
				const target = { http, mqtt } as Parameters<typeof TestDevice.register>[0];
				const lamp = await TestDevice.register(target, {
					name: "desk lamp",
					profile: { model: "Bulb" },
					idf_list: null,
					odf_list: [
						["Color-O", [null]],
						["Luminance-O", [null]],
					],
				});
				await lamp.say("online");
				await tab.press("Bind “desk lamp”");
				await hasText(tab.page, ".lanes-device", "desk lamp");
				await lamp.say("offline");
				await hasText(tab.page, ".lanes-device", "offline");
				await lanes.wires("away", 2);
			},
		);

		step("never looks alive without the network, and recovers by itself", async () => {
			await tab.setOffline(true);
			await lanes.wires("stale", 5);
			await tab.setOffline(false);
			await lanes.wires("away", 2);
			await tab.close();
		});
	});

	describe.each([WIDTHS.tablet, WIDTHS.phone])("by finger at %d px", (width) => {
		test("connects by taps and by dragging, and shows values", async () => {
			const project = await lanesProject(bench, `touch-${width}`, [SENSOR, BULB]);
			const { tab, lanes } = await open(project, width);
			await lanes.tap("Temp-I");
			await tab.shows("Connecting Temp-I");
			await lanes.tap("Luminance-O");
			await lanes.has(["Temp-I", "Luminance-O"]);
			await lanes.touchDrag(
				await lanes.dot("Humidity-I"),
				await middle(await lanes.join("Join 1")),
			);
			await lanes.has(["Temp-I", "Luminance-O", "Humidity-I"]);
			await lanes.touchDrag(await lanes.dot("Color-I1"), await lanes.dot("Color-O"));
			await lanes.has(["Temp-I", "Luminance-O", "Humidity-I"], ["Color-I1", "Color-O"]);
			await lanes.wires("running", 5);
			const values = width === WIDTHS.phone ? ".lanes-port-value" : ".lanes-chip-text";
			await tab.page.waitForFunction(
				(values) => /\d/.test(document.querySelector(values)?.textContent ?? ""),
				{},
				values,
			);
			await tab.close();
		});
	});

	describe("by keyboard alone", () => {
		test("finds, connects, reads, removes and takes back", async () => {
			const project = await lanesProject(bench, "keys", [SENSOR, BULB]);
			const { tab, lanes } = await open(project, WIDTHS.desk);
			const { keyboard } = tab.page;
			const pressUntil = async (key: "Tab" | "ArrowDown" | "ArrowUp", name: string) => {
				for (let i = 0; i < 60 && (await lanes.focused()) !== name; i++) await keyboard.press(key);
				expect(await lanes.focused()).toBe(name);
			};
			await pressUntil("Tab", "MorSensor Temp-I");
			expect(await lanes.described()).toBe("not linked");
			await keyboard.press("Enter");
			await tab.shows("Connecting Temp-I");
			await keyboard.press("ArrowRight");
			await pressUntil("ArrowDown", "Bulb Luminance-O");
			await tab.shows("Temp-I → Luminance-O");
			await keyboard.press("Enter");
			await lanes.has(["Temp-I", "Luminance-O"]);
			await lanes.wires("running", 2);
			await tab.page.waitForFunction(() =>
				/\d/.test(document.querySelector(".lanes-chip-text")?.textContent ?? ""),
			);
			await keyboard.press("ArrowLeft");
			expect(await lanes.focused()).toBe("Wire between Luminance-O and Join 1");
			// Each wire has a value of its own.
			await until(
				async () => /^now .*\d.*, running$/.test(await lanes.described()),
				"the value of the wire",
			);
			await keyboard.press("v");
			const isSaid = () =>
				[...document.querySelectorAll(".lanes [role=status]")].some((one) =>
					/^now .*\d.*, running/.test(one.textContent ?? ""),
				);
			await tab.page.waitForFunction(isSaid);
			await keyboard.press("ArrowLeft");
			expect(await lanes.focused()).toStartWith("Join 1");
			await keyboard.press("ArrowLeft");
			expect(await lanes.focused()).toBe("Wire between Temp-I and Join 1");
			await keyboard.press("Delete");
			await lanes.has();
			await keyboard.down("Control");
			await keyboard.press("z");
			await keyboard.up("Control");
			await lanes.has(["Temp-I", "Luminance-O"]);
			await tab.close();
		});
	});

	describe("to look at", () => {
		let project: LanesProject;
		beforeAll(async () => {
			project = await lanesProject(bench, "looks", [SENSOR, DUMMY, BULB]);
			const ports = ["Temp-I", "Humidity-I", "Luminance-O"];
			const dfo_ids = await Promise.all(ports.map(project.port));
			await change(bench.admin, project.pId, {
				...{ kind: "add_join", na_name: "<b>Average</b>", na_idx: 0 },
				dfo_ids,
			});
		});

		test.each([
			["desk", "light", "en"],
			["desk", "dark", "zh-Hant"],
			["tablet", "light", "zh-Hant"],
			["tablet", "dark", "en"],
			["phone", "light", "en"],
			["phone", "dark", "zh-Hant"],
		] as const)("is usable at a %s, %s, in %s", async (device, theme, language) => {
			const width = WIDTHS[device];
			const tab = await bench.open(`#/p/${project.pId}`, { width, theme, language });
			await tab.shows("<b>Average</b>");
			await new LanesPage(tab.page, project).wires("running", 3);
			await tab.isUsable(`lanes-${device}-${theme}-${language}`);
			await tab.close();
		});
	});
});

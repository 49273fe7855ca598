// A new user's first hour in the editor, on the compiled binary: by keys alone, and by a finger alone.
import { afterAll, beforeAll, describe, expect } from "bun:test";
import type { ProjectDocument } from "../../src/contract/mod.ts";
import { EditorBench, type EditorPage, WIDTHS } from "../support/editor.ts";
import { Finger, type Hands, Keys } from "../support/hands.ts";
import { hasProgram } from "../support/programs.ts";
import { documentOf } from "../support/sensor-project.ts";
import { story } from "../support/story.ts";
import { LONG_DEADLINE_MS, until } from "../support/waiting.ts";

const MISTAKE = " + bb";
const LINE = "    return x1";

const JOURNEYS = [
	["keys", WIDTHS.desk, (tab: EditorPage) => new Keys(tab)],
	["taps", WIDTHS.tablet, (tab: EditorPage) => new Finger(tab)],
	["taps", WIDTHS.phone, (tab: EditorPage) => new Finger(tab)],
] as const;

describe.if(hasProgram("chromium"))("a first hour in the editor", () => {
	let bench: EditorBench;
	beforeAll(async () => {
		bench = await EditorBench.start("[gui]\nworkbench = on\n");
	});
	afterAll(() => bench.dispose());

	for (const [means, width, handsOf] of JOURNEYS) {
		const name = `${means} ${width}`;
		const made = `made_by_${means}_${width}`;
		const step = story(`by ${means} alone, ${width} px wide`);
		let tab: EditorPage;
		let hands: Hands;
		const place = () => tab.page.url();
		const pId = () => Number(/#\/p\/(\d+)/.exec(place())?.[1]);
		const document = () => documentOf(bench.admin, pId());
		const has = (isSo: (now: ProjectDocument) => boolean, what: string) =>
			until(async () => isSo(await document()), what, { ms: LONG_DEADLINE_MS });
		const functionOf = ({ joins }: ProjectDocument) => joins[0]?.links[0]?.params[0]?.fn_id;
		const isAt = (wanted: RegExp) =>
			until(() => wanted.test(place()), `the address ${wanted}`, { ms: LONG_DEADLINE_MS });

		step("makes a project", async () => {
			tab = await bench.open("#/", { width, height: 844 });
			hands = handsOf(tab);
			await hands.use("New project");
			await hands.write("Name", `First ${name}`);
			await hands.use("Create");
			await isAt(/#\/p\/\d+$/);
		});

		step("adds a block that sends, and one that receives", async () => {
			for (const [model, port] of [
				["MorSensor", "Temp-I"],
				["Bulb", "Luminance-O"],
			] as const) {
				await hands.use(/^Add device/);
				await hands.write("Search for a device or a model", model);
				await hands.use(new RegExp(`^${model} ?\\d+ `));
				await hands.use("Add to the project");
				await has(
					({ blocks }) =>
						blocks.some(
							({ dm_name, ports }) =>
								dm_name === model && ports.some(({ df_name }) => df_name === port),
						),
					`a block of ${model}`,
				);
				await isAt(/#\/p\/\d+\/block/);
			}
		});

		step("has devices simulated, and the project run", async () => {
			await hands.use("More project actions");
			await hands.use("Simulated devices");
			await has(({ sim }) => sim === "on", "simulated devices");
			await hands.use("Run: the project is paused");
			await has(({ status }) => status === "on", "the project to run");
		});

		step("draws a wire", async () => {
			await hands.use("MorSensor Temp-I");
			await tab.shows("Connecting Temp-I");
			await hands.use("Bulb Luminance-O");
			await has(({ joins }) => joins[0]?.links.length === 2, "a join of two");
			await isAt(/\/join\/\d+$/);
		});

		step("writes a function with an error", async () => {
			if (width === WIDTHS.phone) await hands.use("Expand the properties");
			await hands.use(/^New function: /);
			await hands.write(/^Name of the function/, made);
			await hands.code(MISTAKE);
			await hands.use("Save");
			await tab.shows(`Saved “${made}”.`);
			await hands.use("Close function");
			await has((now) => typeof functionOf(now) === "number", "the function on the wire");
		});

		step("is told at the place of the error", async () => {
			const see = () =>
				[...globalThis.document.querySelectorAll(".lanes-trouble")].some((one) =>
					one.textContent?.includes("There is nothing called “bb”."),
				);
			await tab.page.waitForFunction(see);
		});

		step("mends it", async () => {
			await hands.use(`Open the function “${made}”`);
			await tab.shows("There is nothing called “bb”.");
			await hands.code("", MISTAKE.length);
			await tab.shows("No problems found");
			await hands.use("Save");
			await tab.hides("Not saved");
			await hands.use("Close function");
			await tab.page.waitForSelector(".lanes-trouble", { hidden: true });
			const { data } = await bench.admin.ok(
				"GET",
				`/api/v0/function/${functionOf(await document())}`,
			);
			expect(JSON.stringify(data)).toContain(JSON.stringify(LINE).slice(1, -1));
		});

		step("sees values", async () => {
			const see = () =>
				[...globalThis.document.querySelectorAll(".lanes-chip-text, .lanes-port-value")].some(
					(one) => /\d/.test(one.textContent ?? ""),
				);
			await tab.page.waitForFunction(see);
		});

		step("undoes the last change", async () => {
			if (hands instanceof Keys) await hands.hold("Control", "z");
			else {
				if (width === WIDTHS.phone) await hands.use("More project actions");
				await hands.use("Undo");
			}
			await has((now) => functionOf(now) === null, "the wire without its function");
		});

		step("exports the project", async () => {
			await hands.use("More project actions");
			await hands.use("Export with models and functions");
			await tab.shows("exported.");
			await tab.close();
		});
	}
});

// Models and features in the editor, with the compiled server: made, changed, refused, imported, and read by others.
import { afterAll, beforeAll, describe, expect } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ElementHandle } from "puppeteer-core";
import { EditorBench, type EditorPage, LOOKS } from "../support/editor.ts";
import { hasProgram } from "../support/programs.ts";
import type { WebPerson } from "../support/project-server.ts";
import { story } from "../support/story.ts";

interface ModelInfo {
	readonly dm_id: number;
	readonly dm_name: string;
	readonly plural: boolean;
	readonly df_list: readonly {
		readonly df_name: string;
		readonly tags: readonly { readonly tag_name: string }[];
		readonly df_parameter: readonly {
			readonly param_type: string;
			readonly min: number;
			readonly max: number;
			readonly unit_id: number;
		}[];
	}[];
}

describe.if(hasProgram("chromium"))("models in the editor", () => {
	let bench: EditorBench;
	let teacher: WebPerson;
	let tab: EditorPage;
	let dmId: number;
	let folder: string;
	beforeAll(async () => {
		folder = mkdtempSync(join(tmpdir(), "iotctl-seed-files-"));
		bench = await EditorBench.start();
		teacher = await bench.server.person("ann");
	});
	afterAll(async () => {
		await bench.dispose();
		rmSync(folder, { recursive: true, force: true });
	});

	const modelOf = async (name: string) =>
		(await bench.admin.ok("GET", `/api/v0/devicemodel/${name}`)).data as unknown as ModelInfo;
	const choose = async (label: string, value: string) => {
		const [select] = await tab.page.$$(`xpath/.//select[@id=//label[.="${label}"]/@for]`);
		await (select as ElementHandle<HTMLSelectElement>).select(value);
	};
	const hash = () => tab.page.evaluate(() => location.hash);
	const step = story("from a feature to a model in use");

	step("a feature is made, with a unit and a category of its own", async () => {
		tab = await bench.open("#/m");
		await tab.shows("Choose a model");
		await tab.isUsable("models");
		await tab.press("Features");
		await tab.press("New feature");
		await tab.press("Create");
		await tab.shows("Enter a name.");
		await tab.fill("Name", "溫度-I");
		await tab.fill("Category", "Greenhouse");
		await tab.fill("Number of values", "2");
		await tab.shows("Value x2");
		await tab.fill("Minimum", "50");
		await tab.fill("Maximum", "-1e1");
		await tab.shows("The maximum is below the minimum.");
		await tab.fill("Minimum", "-40");
		await choose("Unit", "new");
		await tab.shows("New unit");
		await tab.page.type("dialog input", "°C");
		await tab.press("Add");
		await tab.page.waitForFunction(() => document.querySelector("dialog") === null);
		await tab.isUsable("feature-new");
		await tab.press("Create");
		await tab.shows("溫度-I was created.");
		expect(await hash()).toMatch(/^#\/m\/features\/\d+$/);
		const { data } = await bench.admin.ok("GET", `/api/v0/devicefeature/${encodeURI("溫度-I")}`);
		const { df_parameter, ...feature } = data as Record<string, unknown>;
		expect(feature).toMatchObject({ df_type: "input", df_category: "Greenhouse", param_no: 2 });
		const { unit_list } = await bench.admin.ok("GET", "/api/v0/unit");
		const units = unit_list as readonly { unit_id: number; unit_name: string }[];
		const unit_id = units.find(({ unit_name }) => unit_name === "°C")?.unit_id;
		expect(df_parameter).toMatchObject([
			{ min: -40, max: -10, unit_id },
			{ min: 0, max: 0 },
		]);
	});

	step("a model is made of it; what is typed outlives a reload", async () => {
		await tab.press("Models");
		await tab.press("New model");
		await tab.fill("Name", "Greenhouse");
		await tab.fill("Search features or categories", "溫度");
		// A press, and the page is gone before it is drawn.
		const press = (name: string) => {
			const labels = [...document.querySelectorAll("label")];
			labels.find(({ textContent }) => textContent === name)?.click();
			location.reload();
		};
		const gone = tab.page.waitForNavigation();
		await tab.page.evaluate(press, "溫度-Iinput · 2 values");
		await gone;
		await tab.shows("not saved yet");
		await tab.press(
			"Choose by numberIn a project, numbered features (Button-I1, Button-I2 …) are chosen by how many, not one by one.",
		);
		await tab.press("溫度-Iinput · 2 values");
		await tab.fill("Minimum", "-20");
		const { tag_list } = await bench.admin.ok("GET", "/api/v0/tag");
		const tags = tag_list as readonly { tag_id: number; tag_name: string }[];
		await choose("Tag", String(tags.find(({ tag_name }) => tag_name === "Timestamp")?.tag_id));
		await tab.isUsable("model-new");
		await tab.press("Create");
		await tab.shows("Greenhouse was created.");
		const model = await modelOf("Greenhouse");
		dmId = model.dm_id;
		expect(await hash()).toBe(`#/m/${dmId}`);
		expect(model).toMatchObject({
			plural: true,
			df_list: [{ df_name: "溫度-I", tags: [{ tag_name: "Timestamp" }] }],
		});
		expect(model.df_list[0]?.df_parameter[0]).toMatchObject({ min: -20, max: -10 });
	});

	step("a refused change says why, and keeps what was typed", async () => {
		await tab.fill("Name", "Dummy_Device");
		await tab.press("Save");
		await tab.shows('Not saved: Device Model "Dummy_Device" already exists');
		await tab.press("Discard changes");
		expect((await modelOf("Greenhouse")).dm_id).toBe(dmId);
	});

	step("what is in use is said with links, and is not deleted", async () => {
		const p_id = Number((await bench.admin.ok("PUT", "/api/v0/project", { p_name: "warm" })).p_id);
		const { data } = await bench.admin.ok("GET", `/api/v0/devicefeature/${encodeURI("溫度-I")}`);
		const { df_id } = data as { df_id: number };
		const block = { dm_id: dmId, df: [df_id] };
		const { do_id } = await bench.admin.ok("PUT", `/api/v0/project/${p_id}/deviceobject`, block);
		await tab.press("Delete");
		await tab.shows("It is in use and cannot be deleted.");
		await tab.shows("Project warm (");
		await tab.isUsable("model-in-use");
		await tab.press("Close");
		await tab.go(`#/m/features/${df_id}`);
		await tab.press("Delete");
		await tab.shows("Model Greenhouse");
		await tab.press("Model Greenhouse");
		await tab.page.waitForFunction((id) => location.hash === `#/m/${id}`, {}, dmId);
		await bench.admin.ok("DELETE", `/api/v0/project/${p_id}/deviceobject/${do_id}`);
		await tab.press("Delete");
		await tab.shows("This cannot be undone.");
		await tab.press("Cancel");
	});

	step("a copy is another model; the first one goes", async () => {
		await tab.press("Copy");
		await tab.shows("New model");
		await tab.press("Create");
		await tab.shows("Greenhouse copy was created.");
		await tab.go(`#/m/${dmId}`);
		await tab.shows("used in no project");
		await tab.press("Delete");
		await tab.shows("This cannot be undone.");
		await tab.click("dialog .kit-danger");
		await tab.shows("Greenhouse was deleted.");
		expect(await hash()).toBe("#/m");
		await tab.go(`#/m/${dmId}`);
		await tab.shows("It does not exist any more");
	});

	step("a seed file is taken whole or not at all", async () => {
		await tab.go("#/m/lists");
		await tab.shows("Import models and features");
		await tab.isUsable("lists");
		const give = async (name: string, text: string) => {
			const path = join(folder, name);
			writeFileSync(path, text);
			const input = await tab.page.waitForSelector("input[type=file]:not(:disabled)");
			await (input as ElementHandle<HTMLInputElement>).uploadFile(path);
		};
		await give("broken.json", "{");
		await tab.shows("broken.json is not a JSON file.");
		await give("wrong.json", JSON.stringify({ DeviceModel: [{ dm_name: "X", df_list: [] }] }));
		await tab.shows("Not done: not a seed file");
		const seed = {
			Tag: [{ tag_name: "Slope", param_no: 1 }],
			DeviceFeature: [{ df_name: "Slope-O", df_type: "output", df_parameter: [{ max: 9 }] }],
			DeviceModel: [
				{ dm_name: "Roof", df_list: ["Slope-O", "溫度-I"] },
				{ dm_name: "Bulb", df_list: ["Color-O"] },
			],
		};
		await give("roof.json", JSON.stringify(seed));
		await tab.shows("Imported: 1 model, 1 feature, 0 functions.");
		await tab.press("1 name existed and was skipped");
		await tab.shows("Bulb");
		await tab.shows("Slope");
		expect((await modelOf("Roof")).df_list.map(({ df_name }) => df_name)).toEqual([
			"Slope-O",
			"溫度-I",
		]);
	});

	step("units and tags are added and deleted, those in use are not", async () => {
		// A message may lie over what is to be pressed.
		await tab.hides("Greenhouse was deleted.");
		await tab.fill("New tag", "Dust");
		await tab.page.locator("input[name=size]").fill("3");
		await tab.page.evaluate(() => {
			const [, form] = document.querySelectorAll(".models-lists form");
			(form as HTMLFormElement).requestSubmit();
		});
		await tab.shows("Dust 3 values");
		await tab.press("Delete Dust");
		await tab.hides("Dust 3 values");
		await tab.press("Delete °C");
		await tab.shows("Not done: Unit is in use.");
	});

	step("a teacher reads what is the system's", async () => {
		const { dm_id } = await modelOf("Bulb");
		const other = await bench.open(`#/m/${dm_id}`, { person: teacher });
		await other.shows("You can look at it, but not change it.");
		expect(await other.page.$$("main [type=submit]")).toEqual([]);
		await other.press("Color-Ooutput · 3 values");
		expect(await other.page.$$("main fieldset:not(:disabled)")).toEqual([]);
		await other.go("#/m/lists");
		await other.shows("Tags");
		expect(await other.page.$$("input[type=file]")).toEqual([]);
		await other.close();
	});

	step("all of it is usable in each theme, language and width", async () => {
		const { dm_id } = await modelOf("Roof");
		for (const look of LOOKS) {
			const one = await bench.open(`#/m/${dm_id}`, look);
			const name = Object.values(look).join("-");
			await one.shows("Slope-O");
			await one.page.$eval(".models-member > summary", (summary) => summary.click());
			await one.isUsable(`model-${name}`);
			await one.go("#/m/features?new=1");
			await one.page.waitForSelector(".models-params fieldset");
			await one.isUsable(`feature-${name}`);
			await one.go("#/m/lists");
			await one.shows("Slope");
			await one.isUsable(`lists-${name}`);
			await one.close();
		}
	});

	step("without a problem in the console", () => tab.close());
});

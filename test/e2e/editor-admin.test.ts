// The editor's lists of projects and people, and what administrators see, in headless Chromium on the compiled binary.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ElementHandle } from "puppeteer-core";
import {
	EditorBench,
	type EditorPage,
	LANGUAGES,
	type PageOptions,
	THEMES,
	WIDTHS,
} from "../support/editor.ts";
import type { Json } from "../support/gateway.ts";
import { hasText } from "../support/has-text.ts";
import { hasProgram } from "../support/programs.ts";
import type { WebPerson } from "../support/project-server.ts";
import { change, drawProject, runProject } from "../support/sensor-project.ts";
import { story } from "../support/story.ts";
import { until } from "../support/waiting.ts";

const PASSWORD = "a long password for a test";

describe.if(hasProgram("chromium"))("the editor's lists", () => {
	let bench: EditorBench;
	let tab: EditorPage;
	let folder: string;
	beforeAll(async () => {
		folder = mkdtempSync(join(tmpdir(), "iotctl-editor-admin-"));
		bench = await EditorBench.start();
		// Something in every list.
		const pat = await person("pat", "teacher");
		const drawn = await drawProject(pat, "pats");
		const { sensor, display } = await runProject(bench.server, pat, "pats", drawn);
		await sensor.client.end();
		await display.client.end();
	});
	afterAll(async () => {
		await bench.dispose();
		rmSync(folder, { recursive: true });
	});

	const hash = () => new URL(tab.page.url()).hash;
	const isAt = (wanted: RegExp) => until(async () => wanted.test(hash()), `the address ${wanted}`);
	/** A new person, logged in. */
	const person = async (username: string, role: "teacher" | "student") => {
		await bench.admin.ok("PUT", "/api/v0/people", { username, password: PASSWORD, role });
		return bench.server.person(username);
	};
	const projects = async (of: WebPerson) =>
		(await of.ok("GET", "/api/v1/projects")).projects as readonly {
			readonly p_id: number;
			readonly p_name: string;
			readonly status: string;
			readonly sim: string;
		}[];
	/** Starts over as a person, somewhere. */
	const as = async (person: WebPerson, at: string, options: PageOptions = {}) => {
		tab = await bench.open(at, { person, ...options });
	};
	const choose = async (menu: string, entry: string) => {
		await tab.press(menu);
		await tab.press(entry);
	};

	describe("of projects", () => {
		const step = story("a teacher's first projects");
		let ann: WebPerson;

		step("begin with templates", async () => {
			ann = await person("ann", "teacher");
			await as(ann, "#/");
			await tab.shows("Start from a template");
			await tab.press('Use the template "Thermometer"');
			await isAt(/^#\/p\/\d+/);
			expect(await projects(ann)).toMatchObject([
				{ p_name: "Thermometer", status: "on", sim: "on" },
			]);
		});

		step("show whether a project runs, and switch it", async () => {
			await tab.go("#/");
			await tab.shows("Simulated");
			await tab.press("Running");
			await tab.shows("Stopped");
			await until(async () => (await projects(ann))[0]?.status === "off", "the project to be off");
		});

		step("make a project; a name that is taken is said, and what was typed stays", async () => {
			await tab.press("New project");
			await tab.fill("Name", "Thermometer");
			await tab.press("Create");
			await tab.shows("You already have a project of this name");
			await tab.fill("Name", "Lamp <b>of</b> ann");
			await tab.press("Create");
			await isAt(/^#\/p\/\d+/);
			await tab.go("#/");
			await tab.shows("Lamp <b>of</b> ann");
		});

		step("copy a project, and delete it after asking", async () => {
			await choose('Menu of "Thermometer"', "Make a copy…");
			await tab.press("Make the copy");
			await tab.shows('Created "Thermometer copy".');
			await choose('Menu of "Thermometer copy"', "Delete…");
			await tab.shows('Delete "Thermometer copy"?');
			await tab.press("Cancel");
			await choose('Menu of "Thermometer copy"', "Delete…");
			await tab.press("Delete the project");
			await tab.shows('Deleted "Thermometer copy".');
			expect((await projects(ann)).map(({ p_name }) => p_name)).toEqual([
				"Thermometer",
				"Lamp <b>of</b> ann",
			]);
		});

		step("list everything that an imported file needs and the server lacks", async () => {
			await tab.press("Import file");
			await upload("missing.json", {
				project: {
					p_name: "x",
					DeviceObject: {
						1: { do_idx: 0, dm_name: "Nothing", dfo: {} },
						2: { do_idx: 0, dm_name: "Nowhere", dfo: {} },
					},
					NetworkApplication: [],
				},
			});
			await tab.press("Import");
			await tab.shows('device model "Nothing"');
			await tab.shows('device model "Nowhere"');
			await tab.shows("nothing has changed");
			expect(await projects(ann)).toHaveLength(2);
		});

		step("import a file under a name that is free", async () => {
			const pId = (await projects(ann))[0]?.p_id;
			const { state: _, ...file } = await fileOf(pId);
			await upload("Thermometer.json", file);
			const isNamed = () => {
				const field = document.querySelector<HTMLInputElement>("dialog input:not([type=file])");
				return field?.value === "Thermometer 2";
			};
			await tab.page.waitForFunction(isNamed);
			await tab.press("Import");
			await tab.shows('Imported "Thermometer 2".');
			await isAt(/^#\/p\/\d+/);
		});

		step("find one, and keep the search in the address", async () => {
			for (const p_name of ["a", "b", "c", "d"]) await ann.ok("PUT", "/api/v0/project", { p_name });
			await tab.go("#/");
			await tab.fill("Search projects", "2 thermo");
			await tab.hides("Lamp <b>of</b> ann");
			await isAt(/q=2\+thermo/);
			await tab.page.reload();
			await tab.shows("Thermometer 2");
			await tab.hides("Lamp <b>of</b> ann");
			await tab.close();
		});

		async function upload(name: string, file: Json): Promise<void> {
			const path = join(folder, name);
			writeFileSync(path, JSON.stringify(file));
			const field = await tab.page.waitForSelector("dialog input[type=file]");
			await (field as ElementHandle<HTMLInputElement>).uploadFile(path);
		}

		async function fileOf(pId: number | undefined): Promise<Json> {
			const headers = { cookie: ann.cookie };
			const address = `${bench.server.http}/export_project?p_id=${pId}&bundle=1`;
			return (await (await fetch(address, { headers })).json()) as Json;
		}
	});

	describe("of people", () => {
		const step = story("a class");
		const row = (name: string) => hasText(tab.page, "tr", name);

		step("add students from a list, with passwords on a sheet that is shown once", async () => {
			await as(bench.admin, "#/people");
			await tab.press("Add a class");
			await tab.fill("Names", "王小明\nkim\tkim's own\nkim");
			await tab.press("Add 3 students");
			await tab.shows('line 3: "kim" is in line 2 already');
			await tab.fill("Names", "王小明\nkim\tkim's own");
			await tab.press("Add 2 students");
			await tab.shows("New accounts and passwords");
			await tab.shows("Only this computer reaches the server now");
			await tab.isUsable("people-sheet");
			const passwords = await tab.page.$$eval(".people-secret", (all) =>
				all.map((one) => one.textContent),
			);
			expect(passwords[1]).toBe("kim's own");
			expect(await loginStatus("王小明", passwords[0] ?? "")).toBe(200);
			await tab.press("Done");
			await tab.shows("Have you kept the passwords?");
			await tab.press("Leave");
			await row("王小明");
		});

		step("add no one when a name is taken, and say which", async () => {
			await tab.press("Add a class");
			await tab.fill("Names", "lee\nkim");
			await tab.press("Add 2 students");
			await tab.shows('line 2: "kim" is taken');
			await tab.press("Close");
			const { data } = await bench.admin.ok("GET", "/api/v0/people");
			expect(JSON.stringify(data)).not.toContain('"lee"');
		});

		step("change roles, except that of the last administrator", async () => {
			await choose('Menu of "kim"', "teacher");
			await tab.shows('"kim" now has the role teacher.');
			await choose(`Menu of "${await adminName()}"`, "student");
			await tab.shows("One administrator who may log in has to stay.");
		});

		step("set a password, deactivate, activate and delete", async () => {
			await choose('Menu of "kim"', "Set password…");
			await tab.fill("Password", "new one");
			await tab.press("Set password");
			await tab.shows('The password of "kim" is set.');
			expect(await loginStatus("kim", "new one")).toBe(200);
			await choose('Menu of "kim"', "Deactivate");
			await tab.shows('"kim" is deactivated and logged out.');
			expect(await loginStatus("kim", "new one")).toBe(401);
			await choose('Menu of "kim"', "Activate");
			await tab.shows('"kim" may log in.');
			await choose('Menu of "kim"', "Delete…");
			await tab.press("Delete the account");
			await tab.shows('Deleted "kim".');
		});

		step("make a registration code, and revoke all", async () => {
			await tab.press("Registration codes");
			await tab.press("Create a code");
			await tab.shows("The code is shown only this once:");
			await tab.shows("Valid now: 1 code.");
			await tab.press("Revoke all…");
			await tab.press("Revoke all");
			await tab.shows("All registration codes are revoked.");
			await tab.shows("No code is valid now.");
			await tab.close();
		});

		step("show teachers the students, and students nothing", async () => {
			await as(await person("tom", "teacher"), "#/people");
			await row("王小明");
			const roles = await tab.page.$$eval("tbody td:nth-child(2)", (all) =>
				all.map((one) => one.textContent),
			);
			expect([...new Set(roles)]).toEqual(["student"]);
			expect(await tab.page.$$("tbody [aria-haspopup]")).toHaveLength(0);
			await tab.press('Set the password of "王小明"');
			await tab.fill("Password", "new one");
			await tab.press("Set password");
			await tab.shows('The password of "王小明" is set.');
			expect(await loginStatus("王小明", "new one")).toBe(200);
			await tab.close();
			await as(await person("sue", "student"), "#/people");
			await tab.shows("This page is for teachers and administrators.");
			await tab.go("#/");
			await tab.shows('Projects appear here when a teacher shares them with "sue".');
			await tab.close();
		});

		async function loginStatus(username: string, password: string): Promise<number> {
			const { status } = await fetch(`${bench.server.http}/api/v0/account/login`, {
				method: "POST",
				headers: { "content-type": "application/json" },
				body: JSON.stringify({ username, password }),
			});
			return status;
		}

		const adminName = async () => String((await bench.admin.ok("GET", "/api/v0/account")).u_name);
	});

	describe("of everything", () => {
		const step = story("an administrator's day");
		let max: WebPerson;

		step("narrow the audit down, in the address too, and page through it", async () => {
			max = await person("max", "teacher");
			const drawn = await drawProject(max, "busy");
			for (let n = 0; n < 101; n++) {
				const sim = n % 2 === 0 ? "on" : "off";
				await max.ok("POST", `/api/v0/simulation/${drawn.pId}`, { sim });
			}
			await person("ida", "student");
			await as(bench.admin, "#/audit?user=max");
			await tab.shows("Switch simulation");
			await tab.press("Older changes");
			await isAt(/user=max&before=\d+/);
			await tab.shows("Create device model");
			await tab.press("Back to the newest");
			await isAt(/^#\/audit\?user=max$/);
			await tab.press("Clear filter");
			await isAt(/^#\/audit$/);
			await tab.shows("Add person");
			await tab.go("#/audit?project=999999");
			await tab.shows("No change matches.");
		});

		step("stop and delete projects of others", async () => {
			const busy = (await projects(max)).find(({ p_name }) => p_name === "busy")?.p_id;
			await max.ok("POST", `/api/v0/project/${busy}`, { status: "on" });
			await max.ok("PUT", "/api/v0/project", { p_name: "spare" });
			await tab.go("#/all");
			await tab.press('Stop "busy"');
			await tab.shows('Stopped "busy".');
			expect((await projects(max)).find(({ p_id }) => p_id === busy)?.status).toBe("off");
			await tab.press('Delete "spare"');
			await tab.shows('Delete "spare" of max?');
			await tab.press("Delete the project");
			await tab.shows('Deleted "spare".');
			expect((await projects(max)).map(({ p_name }) => p_name)).not.toContain("spare");
		});

		step("unbind a device everywhere", async () => {
			const drawn = await drawProject(max, "bound");
			const { sensor, display } = await runProject(bench.server, max, "bound", drawn);
			await tab.go("#/all?tab=devices");
			await tab.fill("Search", sensor.id);
			await tab.shows("bound (max)");
			// It stands in the list before the others are left out, too.
			await tab.page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
			await tab.click("tbody button");
			await tab.click("dialog .kit-danger");
			await tab.shows("Not bound");
			await sensor.client.end();
			await display.client.end();
			await tab.close();
		});
	});

	test("the list follows what others do, and says when the server is lost", async () => {
		// As from another tab: the list is asked for at once, and not in ten seconds.
		const comesBack = () =>
			tab.page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
		const eve = await person("eve", "teacher");
		const drawn = await drawProject(eve, "shared");
		await as(eve, "#/");
		await tab.shows("shared");
		await change(eve, drawn.pId, { kind: "rename_project", p_name: "renamed" });
		await comesBack();
		await tab.shows("renamed");
		await tab.setOffline(true);
		await comesBack();
		await tab.shows("The server cannot be reached: this may be out of date.");
		await tab.setOffline(false);
		await comesBack();
		await tab.hides("The server cannot be reached");
		await tab.close();
	});

	const SCREENS = [
		["projects", "#/"],
		["projects-new", "#/?task=new"],
		["projects-import", "#/?task=import"],
		["projects-none", "#/?q=nothing"],
		["people", "#/people"],
		["people-add", "#/people?task=add"],
		["people-class", "#/people?task=class"],
		["people-codes", "#/people?task=codes"],
		["audit", "#/audit"],
		["audit-none", "#/audit?user=nobody"],
		["all-projects", "#/all"],
		["all-devices", "#/all?tab=devices"],
	] as const;
	const COMBINATIONS = THEMES.flatMap((theme) =>
		LANGUAGES.map((language, n) => {
			const widths = [WIDTHS.desk, WIDTHS.phone, WIDTHS.tablet, WIDTHS.phone];
			return { theme, language, width: widths[(theme === "dark" ? 2 : 0) + n] ?? WIDTHS.desk };
		}),
	);
	for (const { theme, language, width } of COMBINATIONS) {
		test(`all of it is accessible in ${theme}, ${language}, ${width} px wide`, async () => {
			await as(bench.admin, "#/", { theme, language, width });
			for (const [name, at] of SCREENS) {
				await tab.go(at);
				await tab.page.waitForFunction(() => {
					const isReady = document.querySelector("main h1, main .kit-empty") !== null;
					return isReady && document.querySelector(".kit-spinner") === null;
				});
				await tab.isUsable(`${name}-${theme}-${language}-${width}`);
				await tab.page.keyboard.press("Escape");
			}
			await tab.close();
		});
	}
});

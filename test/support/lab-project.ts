// A project in the editor that runs with simulated devices: a phone and a remote control as inputs, a lamp as output.
import type { ProjectDocument } from "../../src/contract/mod.ts";
import type { EditorBench, EditorPage, PageOptions } from "./editor.ts";
import type { Json } from "./gateway.ts";
import type { WebPerson } from "./project-server.ts";
import { change, documentOf } from "./sensor-project.ts";
import { LONG_DEADLINE_MS, until } from "./waiting.ts";

export interface LabProject {
	readonly pId: number;
	/** By the names of their models and features. */
	readonly blocks: Readonly<Record<string, number>>;
	readonly ports: Readonly<Record<string, number>>;
	/** `Loudness`: Microphone-I to Luminance-O; `Colour`: Button-I1 and Button-I2 to Color-O. */
	readonly joins: Readonly<Record<string, number>>;
	/** Functions of one argument: one that works, and one with a mistake in line 2. */
	readonly double: number;
	readonly mistaken: number;
}

export async function makeLab(person: WebPerson, p_name: string): Promise<LabProject> {
	const pId = Number((await person.ok("PUT", "/api/v0/project", { p_name })).p_id);
	const models = (await person.ok("GET", "/api/v0/devicemodel")).data as Json[];
	const block = async (dm_name: string, ...features: string[]) => {
		const infos = features.map((name) => person.ok("GET", `/api/v0/devicefeature/${name}`));
		const df_ids = (await Promise.all(infos)).map(({ data }) => (data as Json).df_id);
		const dm_id = models.find((model) => model.dm_name === dm_name)?.dm_id;
		return { kind: "add_block", dm_id, df_ids };
	};
	await change(
		person,
		pId,
		await block("Smartphone", "Microphone-I", "Orientation-I"),
		await block("Remote_control", "Button-I1", "Button-I2"),
		await block("Bulb", "Luminance-O", "Color-O"),
	);
	const { blocks } = await documentOf(person, pId);
	const ports = Object.fromEntries(
		blocks.flatMap((one) => one.ports.map(({ df_name, dfo_id }) => [df_name, dfo_id])),
	);
	const join = (na_name: string, na_idx: number, ...names: string[]) => ({
		...{ kind: "add_join", na_name, na_idx, dfo_ids: names.map((name) => ports[name]) },
	});
	await change(
		person,
		pId,
		join("Loudness", 0, "Microphone-I", "Luminance-O"),
		join("Colour", 1, "Button-I1", "Button-I2", "Color-O"),
		{ kind: "set_simulation", sim: "on" },
		{ kind: "set_status", status: "on" },
	);
	const { joins } = await documentOf(person, pId);
	const make = async (fn_name: string, code: string) =>
		Number((await person.ok("PUT", "/api/v0/function", { fn_name, code })).fn_id);
	return {
		...{ pId, ports },
		blocks: Object.fromEntries(blocks.map(({ dm_name, do_id }) => [dm_name, do_id])),
		joins: Object.fromEntries(joins.map(({ na_name, na_id }) => [na_name, na_id])),
		double: await make(`double ${p_name}`, "def run(x):\n    return x * 2\n"),
		mistaken: await make(`mistaken ${p_name}`, "def run(x):\n    return bb\n"),
	};
}

/** A tab with such a project, and what is done in its panel. */
export class LabTab {
	private constructor(
		readonly lab: LabProject,
		readonly tab: EditorPage,
		readonly person: WebPerson,
	) {}

	/** @param path What is selected, such as `join/3`. */
	static async open(
		bench: EditorBench,
		name: string,
		path: (lab: LabProject) => string,
		options: PageOptions = {},
	): Promise<LabTab> {
		const lab = await makeLab(bench.admin, name);
		const tab = await bench.open(`#/p/${lab.pId}/${path(lab)}`, options);
		return new LabTab(lab, tab, bench.admin);
	}

	go(path: string): Promise<void> {
		return this.tab.go(`#/p/${this.lab.pId}/${path}`);
	}

	document() {
		return documentOf(this.person, this.lab.pId);
	}

	/** Waits until the server has the document so. */
	async has(isSo: (document: ProjectDocument) => boolean | undefined): Promise<void> {
		const ask = async () => isSo(await this.document()) === true;
		await until(ask, "the document to be so", { ms: LONG_DEADLINE_MS });
	}

	/** Waits until a function of the page says so. */
	async until(see: (wanted: string) => boolean, wanted = ""): Promise<void> {
		await this.tab.page.waitForFunction(see, {}, wanted);
	}

	async panelShows(text: string): Promise<void> {
		await this.until((wanted) => {
			const panel = document.querySelector<HTMLElement>(".panel");
			return panel?.innerText.includes(wanted) === true;
		}, text);
	}

	/** How many elements there are. */
	async count(selector: string, wanted: number): Promise<void> {
		await this.tab.page.waitForFunction(
			(selector, wanted) => document.querySelectorAll(selector).length === wanted,
			{},
			selector,
			wanted,
		);
	}

	/** Chooses in the list with this label. */
	async choose(label: string, value: number): Promise<void> {
		const found = await this.tab.page.waitForFunction(
			(label, value) =>
				[...document.querySelectorAll("select")].find((one) => {
					const name = one.labels?.[0]?.textContent ?? one.getAttribute("aria-label");
					return name === label && [...one.options].some((option) => option.value === value);
				}) ?? null,
			{},
			label,
			String(value),
		);
		await found.asElement()?.select(String(value));
	}

	/** Writes into a field and leaves it by Enter. */
	async enter(label: string, text: string): Promise<void> {
		await this.tab.fill(label, text);
		await this.tab.page.keyboard.press("Enter");
	}
}

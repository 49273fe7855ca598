// The lanes of a project in the editor, driven as a person does.
import type { ElementHandle, Page } from "puppeteer-core";
import type { Block, ProjectDocument } from "../../src/contract/mod.ts";
import type { EditorBench } from "./editor.ts";
import { hasText } from "./has-text.ts";
import { meets } from "./meets.ts";
import type { WebPerson } from "./project-server.ts";
import { change, documentOf } from "./sensor-project.ts";
import { LONG_DEADLINE_MS, until } from "./waiting.ts";

/** A project of blocks from the default models, running and simulated. */
export interface LanesProject {
	readonly pId: number;
	/** `dfo_id` of a feature of the first block that has it. */
	port(dfName: string): Promise<number>;
	document(): Promise<ProjectDocument>;
}

/** @param blocks Models with the features that are shown. */
export async function lanesProject(
	{ admin }: Pick<EditorBench, "admin">,
	name: string,
	blocks: readonly (readonly [model: string, ...features: string[]])[],
): Promise<LanesProject> {
	const pId = Number((await admin.ok("PUT", "/api/v0/project", { p_name: name })).p_id);
	for (const [model, ...features] of blocks) await addBlock(admin, pId, model, features);
	await admin.ok("POST", `/api/v0/simulation/${pId}`, { sim: "on" });
	await admin.ok("POST", `/api/v0/project/${pId}`, { status: "on" });
	const document = () => documentOf(admin, pId);
	return {
		pId,
		document,
		port: async (dfName) => portNamed((await document()).blocks, dfName),
	};
}

function portNamed(blocks: readonly Block[], dfName: string): number {
	const port = blocks.flatMap(({ ports }) => ports).find(({ df_name }) => df_name === dfName);
	if (port === undefined) throw new Error(`no block has ${dfName}`);
	return port.dfo_id;
}

async function addBlock(
	person: WebPerson,
	pId: number,
	model: string,
	features: readonly string[],
): Promise<void> {
	const { data } = (await person.ok("GET", `/api/v0/devicemodel/${model}`)) as unknown as {
		data: { dm_id: number; df_list: { df_id: number; df_name: string }[] };
	};
	const df_ids = features.flatMap((name) => {
		const feature = data.df_list.find(({ df_name }) => df_name === name);
		return feature?.df_id ?? [];
	});
	await change(person, pId, { kind: "add_block", dm_id: data.dm_id, df_ids });
}

/** The lanes of one tab. */
export class LanesPage {
	readonly #page: Page;
	readonly #project: LanesProject;

	constructor(page: Page, project: LanesProject) {
		this.#page = page;
		this.#project = project;
	}

	/** A port's row, by its feature. */
	async port(dfName: string): Promise<ElementHandle<Element>> {
		return this.#find(`[data-port="${await this.#project.port(dfName)}"]`);
	}

	/** Taps a port. */
	async tap(dfName: string): Promise<void> {
		const isTapped = async () => {
			const port = await this.port(dfName);
			return meets(this.#page, port, () => port.tap());
		};
		await until(isTapped, `a tap on ${dfName}`, { ms: LONG_DEADLINE_MS });
	}

	join(name: string): Promise<ElementHandle<Element>> {
		return this.#find(`.lanes-join-button[title="${name}"]`);
	}

	/** The middle of a port's dot. */
	async dot(dfName: string): Promise<{ x: number; y: number }> {
		const port = await this.port(dfName);
		await port.scrollIntoView();
		return middle(await port.$(".lanes-dot"));
	}

	/** Drags with the mouse, and waits on the way until `see` is shown. */
	async drag(from: Point, to: Point, see?: string): Promise<void> {
		const { mouse } = this.#page;
		await mouse.move(from.x, from.y);
		await mouse.down();
		await mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 });
		await mouse.move(to.x, to.y, { steps: 4 });
		if (see !== undefined) await hasText(this.#page, ".lanes-banner", see);
		await mouse.up();
	}

	/** Drags with a finger. */
	async touchDrag(from: Point, to: Point): Promise<void> {
		const finger = await this.#page.touchscreen.touchStart(from.x, from.y);
		for (let step = 1; step <= 5; step++) {
			const part = step / 5;
			await finger.move(from.x + (to.x - from.x) * part, from.y + (to.y - from.y) * part);
		}
		await finger.end();
	}

	/** What has the focus, by what it is called. */
	focused(): Promise<string> {
		return this.#page.evaluate(() => {
			const { activeElement: one } = document;
			const copy = one?.cloneNode(true) as Element | undefined;
			for (const hidden of copy?.querySelectorAll("[aria-hidden]") ?? []) hidden.remove();
			return one?.getAttribute("aria-label") ?? copy?.textContent?.trim() ?? "";
		});
	}

	/** What a screen reader adds to the name of what has the focus. */
	described(): Promise<string> {
		return this.#page.evaluate(() => {
			const id = document.activeElement?.getAttribute("aria-describedby") ?? "";
			return document.getElementById(id)?.textContent ?? "";
		});
	}

	/** Waits until the server has what was done: joins as names of their features. */
	async has(...joins: readonly (readonly string[])[]): Promise<void> {
		const wanted = JSON.stringify(joins);
		let found = "";
		const isSo = async () => {
			const { blocks, joins } = await this.#project.document();
			const ports = new Map(
				blocks.flatMap((one) => one.ports.map(({ dfo_id, df_name }) => [dfo_id, df_name])),
			);
			found = JSON.stringify(
				joins.map(({ links }) => links.map(({ dfo_id }) => ports.get(dfo_id))),
			);
			return found === wanted;
		};
		await until(isSo, `joins ${wanted}`, { ms: LONG_DEADLINE_MS, seen: () => found });
	}

	/** Waits for wires in a state. */
	async wires(state: string, count: number): Promise<void> {
		await this.#page.waitForFunction(
			(state, count) => document.querySelectorAll(`path.lanes-is-${state}`).length === count,
			{},
			state,
			count,
		);
	}

	async #find(selector: string): Promise<ElementHandle<Element>> {
		const found = await this.#page.waitForSelector(selector, { visible: true });
		if (found === null) throw new Error(`there is no ${selector}`);
		return found;
	}
}

interface Point {
	readonly x: number;
	readonly y: number;
}

export async function middle(element: ElementHandle<Element> | null): Promise<Point> {
	const box = await element?.boundingBox();
	if (box === null || box === undefined) throw new Error("it cannot be seen");
	return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

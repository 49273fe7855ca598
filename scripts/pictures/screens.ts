// Every screen of the editor: where it is, and what is done there before its picture is taken.
import { CodeEditor } from "../../test/support/code-editor.ts";
import type { EditorPage } from "../../test/support/editor.ts";
import { openInvitation, withCode } from "./lesson.ts";
import type { Scene } from "./world.ts";

export interface Screen {
	readonly name: string;
	readonly hash: string;
	/** What is there when the screen is. */
	readonly ready: string;
	/** Has the panel, a folded sheet on phones. */
	readonly hasPanel?: boolean;
	readonly before?: (tab: EditorPage) => Promise<unknown>;
	readonly after?: (tab: EditorPage) => Promise<unknown>;
}

/** Where the screens of a person that is logged in are. */
type Places = Omit<Scene, "owner" | "newcomer">;

const SPARK = ".lanes-spark polyline[points*=' ']";

/** Of a visitor who is not logged in, and of a person without projects. */
export const LOGIN: Screen = { name: "login", hash: "#/", ready: "input[name=password]" };
export const EMPTY: Screen = { name: "projects-empty", hash: "#/", ready: ".projects-template" };

/** Of a server without accounts. @param key What its set-up asks for. */
export function setupScreen(key: string): Screen {
	return { name: "setup", hash: `#/${key}`, ready: "input[name=password]" };
}

/** The names of all screens: the files of their pictures begin with them. */
export function screenNames(): string[] {
	const nowhere: Places = {
		pId: 0,
		failing: { pId: 0, naId: 0 },
		blocks: {},
		ports: {},
		joins: { fan: 0, lamp: 0 },
		sensorId: "",
		functions: { speed: 0, fahrenheit: 0 },
		model: 0,
		feature: 0,
		lesson: { pId: 0, doId: 0, naId: 0, kept: { code: "", address: "", mark: 0 } },
	};
	return [setupScreen(""), LOGIN, EMPTY, ...screensOf(nowhere)].map(({ name }) => name);
}

/** Screens of a person that is logged in; the last one breaks the connection. */
export function screensOf(scene: Places): readonly Screen[] {
	const { pId, blocks, ports, joins, failing, functions, lesson } = scene;
	const p = `#/p/${pId}`;
	const inClass = `#/p/${lesson.pId}`;
	const temperature = ports["AirTemp-I"];
	return [
		{ name: "projects", hash: "#/", ready: ".projects-card" },
		{ name: "project", hash: p, ready: SPARK },
		panel("block", `${p}/block/${blocks.Greenhouse}`, ".panel-device"),
		panel("port", `${p}/port/${temperature}`, ".panel-param"),
		panel("join", `${p}/join/${joins.fan}`, ".panel-value output"),
		panel("wire", `${p}/wire/${joins.fan}/${temperature}`, ".panel-value output"),
		panel("project-log", `${p}/log`, ".project-log, main"),
		panel("join-failed", `#/p/${failing.pId}/join/${failing.naId}`, ".panel-trouble"),
		{
			...{ name: "monitor", hash: `${p}/join/${joins.fan}/monitor` },
			ready: ".monitor-rows tbody tr:nth-child(6)",
		},
		panel("lesson-join", `${inClass}/join/${lesson.naId}`, ".panel-value output"),
		{
			...{ name: "invite", hash: inClass, ready: ".crowd-online" },
			before: async (tab) => {
				await withCode(tab, lesson);
				await openInvitation(tab);
			},
			after: async ({ page }) => {
				await page.setRequestInterception(false);
				await page.keyboard.press("Escape");
				await page.waitForSelector("dialog:modal", { hidden: true });
			},
		},
		...codeScreens(functions),
		{ name: "devices", hash: "#/d", ready: ".devices-online" },
		{ name: "device", hash: `#/d/${scene.sensorId}`, ready: ".devices-value" },
		{ name: "add-device", hash: `${p}/add`, ready: ".add-device-card" },
		{
			...{ name: "connect-device", hash: `${p}/add?how=1`, ready: "pre" },
			// On a phone it is below the devices that are there.
			before: ({ page }) => page.$eval("details:has(pre)", (one) => one.scrollIntoView()),
		},
		{ name: "models", hash: `#/m/${scene.model}`, ready: ".models-members" },
		{ name: "features", hash: `#/m/features/${scene.feature}`, ready: ".models-params" },
		{ name: "lists", hash: "#/m/lists", ready: ".models-entry" },
		{ name: "people", hash: "#/people", ready: ".people-actions" },
		{ name: "audit", hash: "#/audit", ready: ".audit-time" },
		{ name: "all-projects", hash: "#/all", ready: ".all-link" },
		{ name: "account", hash: "#/account", ready: ".account-who" },
		{
			...{ name: "lost-contact", hash: p, ready: SPARK },
			before: async ({ page }) => {
				await page.setOfflineMode(true);
				await page.waitForSelector("path.lanes-is-stale");
			},
		},
	];
}

function codeScreens({ speed, fahrenheit }: Places["functions"]): readonly Screen[] {
	const area = ".code-area";
	return [
		{ name: "functions", hash: "#/f", ready: ".functions-name" },
		{
			...{ name: "function-problem", hash: `#/f/${speed}`, ready: area },
			before: async (tab) => {
				const code = new CodeEditor(tab);
				await code.write(
					"factor = 2",
					"def run(temperature, humidity):",
					"return temperature * factr",
				);
				await tab.page.waitForSelector(".code-problem-line");
			},
		},
		{
			...{ name: "function-try", hash: `#/f/${fahrenheit}`, ready: ".code-row-line" },
			before: async (tab) => {
				const code = new CodeEditor(tab);
				await code.focus();
				await code.press("Control", "Enter");
				await tab.page.waitForSelector(".code-row-holds");
			},
		},
		{
			...{ name: "function-versions", hash: `#/f/${fahrenheit}`, ready: area },
			before: async ({ page }) => {
				await page.locator(".code-editor [role=tab]:nth-of-type(2)").click();
				await page.waitForSelector(".code-version");
				await page.$$eval(".code-version", (all) => (all.at(-1) as HTMLElement).click());
				await page.waitForSelector(".code-diff");
			},
		},
	];
}

function panel(name: string, hash: string, ready: string): Screen {
	return { name, hash, ready, hasPanel: true };
}

/** Goes to a screen and waits until it is there. */
export async function show(tab: EditorPage, screen: Screen): Promise<void> {
	const { page } = tab;
	await tab.go(screen.hash);
	await page.waitForSelector(screen.ready);
	if (screen.hasPanel) {
		const folded = await page.$('.panel[data-size="folded"] .panel-handle');
		await folded?.press("Enter");
	}
	await screen.before?.(tab);
}

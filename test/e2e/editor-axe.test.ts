// Every screen at 320 CSS pixels, which is 400 % zoom of a desk: axe, what sticks out, targets, and the console.
import { afterAll, beforeAll, describe, test } from "bun:test";
import type { ProjectDocument } from "../../src/contract/mod.ts";
import { EditorBench } from "../support/editor.ts";
import { hasProgram } from "../support/programs.ts";

const NARROWEST = 320;
const LOOKS = [
	["light", "zh-Hant"],
	["dark", "en"],
] as const;

describe.if(hasProgram("chromium"))("every screen at 400 % zoom", () => {
	let bench: EditorBench;
	let places: readonly string[];
	beforeAll(async () => {
		bench = await EditorBench.start();
		const { p_id } = await bench.admin.ok("POST", "/api/v1/templates/thermometer", { lang: "en" });
		const { project } = await bench.admin.ok("GET", `/api/v1/projects/${p_id}`);
		const { blocks, joins } = project as ProjectDocument;
		const here = `#/p/${p_id}`;
		places = [
			...["#/", "#/add", "#/f", "#/f?new=1", "#/d", "#/m", "#/m/features", "#/m/lists"],
			...["#/people", "#/audit", "#/all", "#/account", "#/nowhere"],
			...[here, `${here}/add`, `${here}/log`, `${here}/block/${blocks[0]?.do_id}`],
			...[`${here}/join/${joins[0]?.na_id}`, `${here}/join/${joins[0]?.na_id}/monitor`],
		];
	});
	afterAll(() => bench.dispose());

	test.each(LOOKS)("can be used: %s, %s", async (theme, language) => {
		const tab = await bench.open("#/", { width: NARROWEST, theme, language });
		for (const place of places) {
			await tab.go(place);
			await tab.page.waitForFunction(
				() =>
					document.querySelector("h1, dialog h2, .code-header") !== null &&
					document.querySelector(".kit-spinner") === null,
			);
			await tab.isUsable(`narrow-${place.replaceAll(/\W+/g, "-")}-${theme}`);
		}
		await tab.close();
	});
});

// The monitor of a join in headless Chromium, on the compiled server with simulated devices.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EditorBench, LANGUAGES, THEMES, WIDTHS } from "../support/editor.ts";
import { LabTab } from "../support/lab-project.ts";
import { hasProgram } from "../support/programs.ts";
import { change } from "../support/sensor-project.ts";
import { story } from "../support/story.ts";
import { LONG_DEADLINE_MS, until } from "../support/waiting.ts";

describe.if(hasProgram("chromium"))("the monitor of a join", () => {
	let bench: EditorBench;
	const folder = mkdtempSync(join(tmpdir(), "iotctl-monitor-"));
	beforeAll(async () => {
		bench = await EditorBench.start();
	});
	afterAll(async () => {
		await bench.dispose();
		rmSync(folder, { recursive: true, force: true });
	});

	const rows = (tab: LabTab) =>
		tab.tab.page.$$eval(".monitor-rows tbody tr", (all) =>
			all.map((row) => [...row.children].map((cell) => cell.textContent)),
		);
	const hasRows = (tab: LabTab, least: number) =>
		tab.tab.page.waitForFunction(
			(least) => document.querySelectorAll(".monitor-rows tbody tr").length >= least,
			{},
			least,
		);

	const step = story("from the panel to a file");
	let loud: LabTab;

	step("opens from the join's panel, and has an address", async () => {
		loud = await LabTab.open(bench, "loud", ({ joins }) => `join/${joins.Loudness}`);
		const { double, joins, pId, ports } = loud.lab;
		const [na_id, dfo_id] = [joins.Loudness, ports["Luminance-O"]];
		const set = { kind: "set_link_param", na_id, dfo_id, param_i: 0, fn_id: double };
		await change(bench.admin, pId, set);
		await loud.tab.press("Monitor");
		await loud.tab.shows("Monitor: Loudness");
		expect(loud.tab.page.url()).toEndWith(`#/p/${pId}/join/${na_id}/monitor`);
	});

	step("adds a row for what comes, with its time: x of the input, z of the join, y", async () => {
		await hasRows(loud, 3);
		const heads = await loud.tab.page.$$eval(".monitor-rows thead tr:last-child th", (all) =>
			all.map((one) => one.textContent),
		);
		expect(heads).toEqual(["x1", "z", "y1"]);
		// What came before the function did is among them.
		const isDoubled = async () => {
			const [[time = "", x, , y] = []] = await rows(loud);
			expect(time).toMatch(/^\d\d:\d\d:\d\d\.\d{3}$/);
			return Number(y) === 2 * Number(x);
		};
		await until(isDoubled, "a row with a doubled value");
	});

	step("draws what came, says it in words, and leaves a line out", async () => {
		await loud.tab.page.waitForSelector(".monitor-plot canvas");
		const label = await loud.tab.page.$eval(".monitor-plot", (one) => one.ariaLabel);
		expect(label).toContain("y1 Luminance-O: Last");
		await loud.tab.press("x1 Microphone-I");
		await loud.count(".monitor-statistics input:checked", 2);
		await loud.tab.isUsable("monitor");
	});

	step("stands still while it is paused, and goes on with all that came", async () => {
		await loud.tab.press("Pause");
		await loud.tab.shows("Values that come meanwhile are kept.");
		const before = await rows(loud);
		const { pId, joins, mistaken, ports } = loud.lab;
		const set = {
			...{ kind: "set_link_param", na_id: joins.Loudness, dfo_id: ports["Luminance-O"] },
			...{ param_i: 0, fn_id: mistaken },
		};
		await change(bench.admin, pId, set);
		await loud.tab.shows("NameError: name 'bb' is not defined");
		expect(await rows(loud)).toEqual(before);
		await loud.tab.isUsable("monitor-error");
		await loud.tab.press("Resume");
		await hasRows(loud, before.length + 1);
	});

	step("gives the rows as CSV", async () => {
		const { page } = loud.tab;
		const { origin } = new URL(page.url());
		const permissions = ["clipboard-read", "clipboard-sanitized-write"] as const;
		await page.browserContext().overridePermissions(origin, [...permissions]);
		await page.bringToFront();
		await loud.tab.press("Copy as CSV");
		await loud.tab.shows("Copied ");
		const text = await page.evaluate(() => navigator.clipboard.readText());
		const [head = "", first = ""] = text.split(/\r?\n/);
		expect(head).toBe("time,x1 Microphone-I,z,y1 Luminance-O");
		expect(first).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z,[01],[01],[012]?$/);
	});

	step("gives the rows as a file, where a browser allows no copying", async () => {
		const { page } = loud.tab;
		const session = await page.createCDPSession();
		const { id: browserContextId = "" } = page.browserContext();
		const where = { behavior: "allow" as const, downloadPath: folder, browserContextId };
		await session.send("Browser.setDownloadBehavior", where);
		await loud.tab.press("Download CSV");
		const files = () => readdirSync(folder).filter((name) => name.endsWith(".csv"));
		await until(() => files().length === 1, "the file", { ms: LONG_DEADLINE_MS });
		const [name = ""] = files();
		expect(name).toMatch(/^Loudness \d{4}-\d\d-\d\dT[\d-]+\.csv$/);
		expect(readFileSync(join(folder, name), "utf8")).toStartWith("time,x1 Microphone-I,z,y1");
	});

	step("Esc goes back to the panel of the join", async () => {
		await loud.tab.page.keyboard.press("Escape");
		await loud.count("dialog[open]", 0);
		expect(loud.tab.page.url()).toEndWith(`/join/${loud.lab.joins.Loudness}`);
		await loud.tab.close();
	});

	test.each(THEMES.flatMap((theme) => LANGUAGES.map((language) => [theme, language] as const)))(
		"is usable on a phone in the theme %s and the language %s",
		async (theme, language) => {
			const name = `${theme} ${language}`;
			const small = await LabTab.open(bench, name, ({ joins }) => `join/${joins.Colour}/monitor`, {
				...{ theme, language, width: WIDTHS.phone, height: 844 },
			});
			await hasRows(small, 2);
			await small.tab.page.waitForSelector(".monitor-plot canvas");
			await small.tab.isUsable(`monitor-phone-${theme}-${language}`);
			await small.tab.close();
		},
	);
});

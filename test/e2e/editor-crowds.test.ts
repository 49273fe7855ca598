// Blocks for many devices in the editor, in headless Chromium on the compiled server with simulated devices.
import { afterAll, beforeAll, describe, expect } from "bun:test";
import { EditorBench, WIDTHS } from "../support/editor.ts";
import { TestDevice } from "../support/gateway.ts";
import { LabTab } from "../support/lab-project.ts";
import { hasProgram } from "../support/programs.ts";
import { story } from "../support/story.ts";

describe.if(hasProgram("chromium"))("a crowd in the editor", () => {
	let bench: EditorBench;
	let lab: LabTab;
	beforeAll(async () => {
		bench = await EditorBench.start();
	});
	afterAll(() => bench.dispose());

	const step = story("a block for many devices");

	step("is made of a block for one, and shows a square for each seat", async () => {
		lab = await LabTab.open(bench, "crowd", ({ blocks }) => `block/${blocks.Smartphone}`);
		await lab.tab.press("Make it many devices");
		await lab.tab.shows("0 of 40 online · 40 simulated");
		await lab.count(".crowd-empty", 40);
		await lab.has(({ blocks }) => blocks[0]?.seats === 40);
	});

	step("has as many seats as the server allows, and says how many", async () => {
		await lab.enter("Seats", "61");
		await lab.panelShows("at most 60 seats, not 61");
		await lab.enter("Seats", "0");
		await lab.panelShows("Enter an integer, 1 or more.");
		await lab.enter("Seats", "3");
		await lab.count(".crowd-empty", 3);
	});

	step("gives a device the first free seat, and takes it back", async () => {
		const { http, mqtt } = bench.server;
		const phone = await register(http, mqtt, "Hall phone");
		await lab.tab.press("Bind “Hall phone”");
		await lab.tab.shows("1 of 3 online · 2 simulated");
		await lab.count(".crowd-online", 1);
		expect(await lab.tab.page.$eval(".panel-seat", (one) => one.textContent)).toBe("1");
		await lab.tab.isUsable("crowd-block");
		await phone.say("offline");
		await lab.tab.shows("0 of 3 online · 2 simulated");
		await lab.count(".crowd-away", 1);
		await lab.tab.press("Unbind “Hall phone”");
		await lab.tab.shows("0 of 3 online · 3 simulated");
		await phone.client.end();
	});

	step("takes part each by itself or all together", async () => {
		await lab.go(`join/${lab.lab.joins.Loudness}`);
		await lab.panelShows("The join runs for each device");
		await lab.until(() => !document.body.innerText.includes("Join function"));
		await lab.tab.press("all together");
		await lab.panelShows("Without a join function outputs get the list of all values.");
		await lab.panelShows("Join function");
		await lab.has(({ joins }) => joins[0]?.crowd === "together");
		await lab.panelShows("running");
		await lab.tab.isUsable("crowd-join");
		await lab.tab.press("each by itself");
		await lab.has(({ joins }) => joins[0]?.crowd === "each");
	});

	step("shows in red which of them fail, and says so in the panel", async () => {
		await lab.choose("Function y1", lab.lab.mistaken);
		await lab.count(".crowd-failing", 3);
		await lab.tab.shows("3 failing");
		await lab.panelShows("NameError");
		await lab.until(() => {
			const text = document.querySelector<HTMLElement>(".panel")?.innerText ?? "";
			return /seat [123], [123], [123]/.test(text);
		});
		await lab.tab.picture("crowd-failing");
		await lab.choose("Function y1", lab.lab.double);
		await lab.count(".crowd-failing", 0);
	});

	step("is told apart in the monitor", async () => {
		await lab.go(`join/${lab.lab.joins.Loudness}/monitor`);
		await lab.until(() => {
			const seats = [...document.querySelectorAll(".monitor-rows tbody tr td:nth-of-type(1)")];
			return ["1", "2", "3"].every((seat) => seats.some((one) => one.textContent === seat));
		});
		await lab.tab.picture("crowd-monitor");
		await lab.tab.close();
	});

	step("can be used on a phone, in the other language and theme", async () => {
		const { pId, blocks, joins } = lab.lab;
		const look = { width: WIDTHS.phone, theme: "dark", language: "zh-Hant" } as const;
		const tab = await bench.open(`#/p/${pId}/block/${blocks.Smartphone}`, look);
		await tab.page.waitForSelector('.panel[data-size="folded"]');
		await tab.page.focus(".panel-handle");
		await tab.page.keyboard.press("Enter");
		await tab.page.keyboard.press("ArrowUp");
		await tab.page.waitForSelector('.panel[data-size="full"]');
		await tab.shows("改為單一裝置");
		await tab.isUsable("crowd-block-phone");
		await tab.go(`#/p/${pId}/join/${joins.Loudness}`);
		await tab.shows("各自計算");
		await tab.isUsable("crowd-join-phone");
		expect(tab.problems).toEqual([]);
		await tab.close();
	});
});

async function register(http: string, mqtt: string, name: string): Promise<TestDevice> {
	const target = { http, mqtt } as Parameters<typeof TestDevice.register>[0];
	const device = await TestDevice.register(target, {
		...{ name, idf_list: [["Microphone-I", [null]]], odf_list: null },
		profile: { model: "Smartphone" },
	});
	await device.say("online");
	return device;
}

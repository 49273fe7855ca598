// From an empty directory to a template that runs, in few actions, by the compiled binary and what it prints.
import { expect, test } from "bun:test";
import { launchChromium } from "../support/chromium.ts";
import { EditorPage } from "../support/editor.ts";
import { Keys } from "../support/hands.ts";
import { hasProgram } from "../support/programs.ts";
import { ProjectServer } from "../support/project-server.ts";

const MOST_ACTIONS = 10;

test.if(hasProgram("chromium"))("an empty directory leads to a running template", async () => {
	let actions = 0;
	const act = async <T>(action: () => T | Promise<T>): Promise<T> => {
		actions += 1;
		return await action();
	};
	const browser = await launchChromium();
	const server = await act(() => ProjectServer.start());
	try {
		const [base = "", hash = ""] = (await act(() => server.setupAddress())).split("/gui/");
		const tab = await act(() => EditorPage.open(browser, hash, { base }));
		const hands = new Keys(tab);
		await act(() => hands.write("Name", "root"));
		await act(() => hands.write("Password", "a long password"));
		await act(() => hands.use("Set up"));
		await act(() => hands.use("Continue"));
		await act(() => hands.use('Use the template "Thermometer"'));
		await tab.page.waitForSelector("path.lanes-is-running");
		const hasValue = () =>
			[...document.querySelectorAll(".lanes-chip-text")].some((one) =>
				/\d/.test(one.textContent ?? ""),
			);
		await tab.page.waitForFunction(hasValue);
		expect(actions).toBeLessThanOrEqual(MOST_ACTIONS);
		await tab.close();
	} finally {
		await browser.close();
		await server.dispose();
	}
});

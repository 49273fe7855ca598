// Functions in the editor, with the compiled server: written, tried, pinned, saved, in conflict, restored, in use.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { ProjectDocument } from "../../src/contract/mod.ts";
import { CodeEditor } from "../support/code-editor.ts";
import { EditorBench, type EditorPage, LANGUAGES, THEMES, WIDTHS } from "../support/editor.ts";
import { hasProgram } from "../support/programs.ts";
import { story } from "../support/story.ts";
import { LONG_DEADLINE_MS, until } from "../support/waiting.ts";

const FUNCTIONS = "/api/v1/functions";

describe.if(hasProgram("chromium"))("functions in the editor", () => {
	let bench: EditorBench;
	let tab: EditorPage;
	let code: CodeEditor;
	let fnId: number;
	beforeAll(async () => {
		bench = await EditorBench.start("[gui]\nworkbench = on\n");
	});
	afterAll(() => bench.dispose());

	const stored = () => bench.admin.ok("GET", `${FUNCTIONS}/${fnId}`);
	const step = story("from a mistake to a version that is taken back");

	step("a list without own functions says what goes there", async () => {
		// Someone who has none, whatever other tests have made.
		tab = await bench.open("#/f", { person: await bench.server.person("writer") });
		await tab.shows("You have no functions yet");
		await tab.shows("System functions");
		await tab.isUsable("functions");
		await tab.press("New function");
		code = new CodeEditor(tab);
	});

	step("a misspelled name is marked in the margin, with the one that was meant", async () => {
		await code.write("factor = 2", "def run(x1):", "return x1 * factr");
		await tab.shows("There is nothing called “factr”.");
		await tab.shows("Did you mean “factor”?");
		expect(await code.marks()).toEqual(["There is nothing called “factr”."]);
		expect(await code.text()).toBe("factor = 2\ndef run(x1):\n    return x1 * factr");
	});

	step("names of modules are offered, and Esc before Tab leaves the code", async () => {
		await code.write("import math", "def run(x1):", "return math.sq");
		// What was offered for fewer letters may still be shown, and the list moves with the text.
		const isTaken = async () => {
			const [first] = await tab.page.$$(".code-area >>> .cm-tooltip-autocomplete li");
			const text = await first?.evaluate((one) => one.textContent).catch(() => "");
			if (text?.includes("sqrt")) await first?.click().catch(() => {});
			return (await code.text()).endsWith("math.sqrt");
		};
		await until(isTaken, "the name that is offered");
		await tab.page.keyboard.press("Escape");
		await tab.page.keyboard.press("Tab");
		const focused = await tab.page.evaluate(() => document.activeElement?.className);
		expect(focused).toBe("kit-icon-button");
		expect(await code.text()).toBe("import math\ndef run(x1):\n    return math.sqrt");
		await code.write("factor = 2", "def run(x1):", "return x1 * factr");
		await tab.shows("There is nothing called “factr”.");
	});

	step(
		"trying it tells the line and what it means, and the mended one gives a result",
		async () => {
			await code.sample(1, "20");
			await code.press("Control", "Enter");
			await tab.shows("line 3");
			await tab.shows("Python’s message");
			await tab.isUsable("functions-error");
			await tab.press("line 3");
			await code.press("End");
			await code.press("Backspace");
			await tab.page.keyboard.type("or");
			await code.press("Control", "Enter");
			await tab.page.waitForSelector(".code-result code");
			const result = await tab.page.$eval(".code-result code", (one) => one.textContent);
			expect(result).toBe("40");
			expect(await code.marks()).toEqual([]);
		},
	);

	step("it is saved under a name, with a row that must hold from then on", async () => {
		await code.press("Control", "s");
		await tab.shows("Enter a name for the function first.");
		await tab.fill("Name of the function", "double");
		await tab.press("Pin row 1: it must give the same result from now on");
		await code.focus();
		await code.press("Control", "s");
		await tab.shows("Saved “double”.");
		await tab.page.waitForFunction(() => /^#\/f\/\d+$/.test(location.hash));
		fnId = Number(await tab.page.evaluate(() => location.hash.slice(4)));
		const { pinned, code: source } = await stored();
		expect(pinned).toEqual([{ stage: "idf", sample: 20, expected: 40 }]);
		expect(source).toBe("factor = 2\ndef run(x1):\n    return x1 * factor");
	});

	step("a version the row does not hold for is refused, until its result is accepted", async () => {
		await code.write("def run(x1):", "print('three', x1)", "return x1 * 3");
		await code.press("Control", "s");
		await tab.shows("Not saved: pinned row 1 does not hold.");
		await tab.shows("does not hold");
		await tab.shows("three 20");
		await tab.isUsable("functions-pinned");
		expect((await stored()).versions).toHaveLength(1);
		await tab.press("Accept the new result");
		await code.focus();
		await code.press("Control", "s");
		await tab.hides("Not saved");
		expect((await stored()).pinned).toEqual([{ stage: "idf", sample: 20, expected: 60 }]);
		expect((await stored()).versions).toHaveLength(2);
	});

	step("what was typed survives a reload, until it is discarded", async () => {
		await code.write("def run(x1):", "return x1 * 4");
		await tab.page.reload();
		await tab.shows("Restored a draft that was not saved");
		await code.shows("x1 * 4");
		expect(await code.text()).toBe("def run(x1):\n    return x1 * 4");
		await tab.press("Discard draft");
		await tab.shows("Changes that were not saved will be lost.");
		await tab.click("dialog .kit-danger");
		await tab.hides("Restored a draft");
		await code.shows("x1 * 3");
	});

	step("a version that was saved meanwhile is told with both texts", async () => {
		await code.write("def run(x1):", "return x1 * 5");
		const theirs = { code: "def run(x1):\n    return x1 * 60 / 20\n" };
		await bench.admin.ok("POST", `${FUNCTIONS}/${fnId}`, theirs);
		await tab.press("Unpin row 1");
		await code.focus();
		await code.press("Control", "s");
		await tab.shows("root saved a newer version");
		await tab.shows("x1 * 60 / 20");
		await code.shows("x1 * 5");
		await tab.isUsable("functions-conflict");
		await tab.press("Save mine");
		await tab.hides("root saved a newer version");
		await tab.hides("Not saved");
		expect((await stored()).code).toBe("def run(x1):\n    return x1 * 5");
		expect((await stored()).versions).toHaveLength(4);
	});

	step("an older version is shown with its difference, and put back", async () => {
		await tab.press("Versions");
		await tab.page.waitForSelector(".code-version");
		await tab.page.$$eval(".code-version", (all) => (all.at(-1) as HTMLElement).click());
		await tab.shows("Difference from “Selected version” to “Code in the editor”");
		await tab.isUsable("functions-versions");
		await tab.press("Restore this version");
		await code.shows("factor = 2");
		await tab.press("Save");
		await tab.hides("Not saved");
		expect((await stored()).code).toContain("factor = 2");
	});

	step("a function in use says where, and is not deleted", async () => {
		const param = { param_type: "int", min: 0, max: 1, unit_id: 1, fn_id: fnId };
		const feature = { df_name: "Doubled-I", df_type: "input", df_parameter: [param] };
		const { df_id } = await bench.admin.ok("PUT", "/api/v0/devicefeature", feature);
		await tab.press("Where used");
		await tab.shows("Doubled-I");
		await tab.isUsable("functions-used");
		await tab.press("More");
		await tab.press("Delete");
		await tab.shows("This function is in use and cannot be deleted.");
		await tab.isUsable("functions-delete");
		await tab.page.keyboard.press("Escape");
		await bench.admin.ok("DELETE", `/api/v0/devicefeature/${df_id}`);
		await tab.press("More");
		await tab.press("Delete");
		await tab.shows("All its versions are deleted.");
		await tab.click("dialog .kit-danger");
		await tab.shows("Deleted “double”.");
		await tab.shows("You have no functions yet");
	});

	step("a function of the system is read-only, and copied", async () => {
		await tab.fill("Search functions", "x1");
		await tab.page.waitForFunction(() => location.hash === "#/f?q=x1");
		const { fn_list } = await bench.admin.ok("GET", "/api/v0/function");
		const found = (fn_list as { fn_id: number; fn_name: string; is_protect: boolean }[]).find(
			({ is_protect }) => is_protect,
		);
		await tab.go(`#/f/${found?.fn_id}`);
		await tab.shows("Read-only");
		await code.focus();
		await tab.page.keyboard.type("typed");
		expect(await code.text()).not.toContain("typed");
		await tab.press("Copy");
		await tab.fill("Name of the function", "copied");
		await tab.click("dialog button[type=submit]");
		await tab.shows("Created “copied”.");
		await tab.hides("Read-only");
		await tab.close();
	});

	for (const language of LANGUAGES) {
		for (const theme of THEMES) {
			test(`can be used in ${language}, ${theme}, at every width`, async () => {
				const source = "def run(x1, x2):\n    return x1 / x2\n";
				const fn_name = `${language.slice(0, 2)}_${theme}`;
				const pinned = [{ stage: "idf", sample: [1, 2], expected: 0.5 }];
				const { fn_id } = await bench.admin.ok("PUT", FUNCTIONS, { fn_name, code: source, pinned });
				for (const [name, width] of Object.entries(WIDTHS)) {
					const page = await bench.open(`#/f/${fn_id}`, { theme, language, width });
					const editor = new CodeEditor(page);
					await editor.focus();
					await editor.press("Control", "Enter");
					await page.page.waitForSelector(".code-row-holds");
					await page.page.locator(".code-row-line input").fill("[1, 0]");
					const meaning = language === "en" ? "divided by zero" : "除以 0";
					// A busy machine may take longer for a trial than it is given.
					await until(
						async () => {
							await page.click(".code-try .kit-button");
							return page.page.evaluate((text) => document.body.innerText.includes(text), meaning);
						},
						meaning,
						{ ms: LONG_DEADLINE_MS },
					);
					await page.isUsable(`function-${language}-${theme}-${name}`);
					await page.close();
				}
			});
		}
	}

	test("a function for a wire is tried with what the wire carries, and works there once it is saved", async () => {
		const made = await bench.admin.ok("POST", "/api/v1/templates/thermometer", { lang: "en" });
		const path = `/api/v1/projects/${made.p_id}`;
		type Read = { readonly project: ProjectDocument };
		const joinNow = async () =>
			((await bench.admin.ok("GET", path)) as unknown as Read).project.joins[0];
		const join = await joinNow();
		const page = await bench.open(`#/p/${made.p_id}/join/${join?.na_id}`);
		const editor = new CodeEditor(page);
		await page.click("[data-function=add]");
		await page.shows("This wire brings: x1");
		expect(await editor.text()).toBe("def run(x1):\n    return x1\n");
		await until(async () => {
			await page.press("Use live values");
			return (await (await editor.row(1)).evaluate(({ value }) => value)) !== "[1]";
		}, "live values");
		await editor.write("def run(x1):", "return x1 + 1000");
		await editor.press("Control", "Enter");
		await page.page.waitForFunction(() =>
			[...document.querySelectorAll(".code-result code")].some(
				({ textContent }) => Number(textContent) > 1000,
			),
		);
		await page.isUsable("function-of-wire");
		await page.fill("Name of the function", "raised");
		await editor.focus();
		await editor.press("Control", "s");
		await page.shows("Saved “raised”.");
		const isThere = async () => (await joinNow())?.links[0]?.params[0]?.fn_id != null;
		await until(isThere, "the function on the wire");
		await page.press("Close function");
		await page.shows("raised");
		await page.close();
	});

	test("Enter that accepts a composed character tries nothing, and Chinese names are fine", async () => {
		const page = await bench.open("#/f?new=1");
		const editor = new CodeEditor(page);
		await editor.focus();
		const session = await page.page.createCDPSession();
		const compose = async (text: string) => {
			await session.send("Input.imeSetComposition", {
				...{ text, selectionStart: text.length, selectionEnd: text.length },
			});
			const enter = { key: "Process", code: "Enter", windowsVirtualKeyCode: 229 };
			await session.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...enter, modifiers: 2 });
			await session.send("Input.dispatchKeyEvent", { type: "keyUp", ...enter, modifiers: 2 });
			await session.send("Input.insertText", { text });
		};
		await editor.press("Control", "a");
		await editor.press("Delete");
		await page.page.keyboard.type("# ");
		await compose("亮度");
		expect(await editor.text()).toBe("# 亮度");
		expect(await page.page.$$(".code-result, .python-error")).toEqual([]);
		await editor.write("def run(亮度):", "return 亮度 + 1");
		await editor.sample(1, "41");
		await (await editor.row(1)).press("Enter");
		await page.page.waitForSelector(".code-result");
		expect(await page.page.$eval(".code-result code", (one) => one.textContent)).toBe("42");
		await page.close();
	});

	test("by touch alone: a new function, indented by a button, is saved", async () => {
		const page = await bench.open("#/f?new=1", { width: WIDTHS.phone });
		const editor = new CodeEditor(page);
		await page.page.locator("input[maxlength='200']").fill("touched");
		await page.click(".code-area", "tap");
		await editor.write("def run(x1):", "", "return x1");
		await page.click("[aria-label=Outdent]", "tap");
		await page.shows("The line after a colon has to be indented.");
		await page.click("[aria-label=Indent]", "tap");
		await page.shows("No problems found");
		await page.click(".code-header .kit-main", "tap");
		await page.shows("Saved “touched”.");
		await page.close();
	});
});

describe.if(hasProgram("chromium"))("functions where the workbench is off", () => {
	let bench: EditorBench;
	beforeAll(async () => {
		bench = await EditorBench.start("[gui]\nworkbench = off\n");
	});
	afterAll(() => bench.dispose());

	test("are checked by the browser, which says so, and saved", async () => {
		const page = await bench.open("#/f?new=1");
		const editor = new CodeEditor(page);
		await page.fill("Name of the function", "unchecked");
		await editor.write("def run(x1)", "return x1");
		await page.shows("Trying functions is off on this server");
		await page.shows("This does not look like valid Python.");
		await page.isUsable("functions-off");
		await editor.write("def run(x1):", "return x1");
		await page.shows("No problems found");
		await editor.press("Control", "s");
		await page.shows("Saved “unchecked”.");
		await page.close();
	});
});

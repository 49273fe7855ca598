// The editor's panel in headless Chromium, on the compiled server with simulated devices.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { EditorBench, LANGUAGES, THEMES, WIDTHS } from "../support/editor.ts";
import { LabTab, makeLab } from "../support/lab-project.ts";
import { hasProgram } from "../support/programs.ts";
import { story } from "../support/story.ts";

describe.if(hasProgram("chromium"))("the panel of the editor", () => {
	let bench: EditorBench;
	beforeAll(async () => {
		bench = await EditorBench.start();
	});
	afterAll(() => bench.dispose());

	const join = story("a join: values, a function with an error, a name, a range");
	let loud: LabTab;

	join("shows values of a simulated device, and that its links run", async () => {
		loud = await LabTab.open(bench, "loud", ({ joins }) => `join/${joins.Loudness}`);
		await loud.panelShows("running");
		await loud.until(() => {
			const values = [...document.querySelectorAll(".panel-value output")];
			return values.some((one) => /^[01]$/.test(one.textContent ?? ""));
		});
	});

	join("shows a mistake at its place: what it means, Python's words and the line", async () => {
		await loud.choose("Function y1", loud.lab.mistaken);
		await loud.panelShows("Output function failed (line 2");
		await loud.panelShows("NameError: name 'bb' is not defined");
		// Explained in the reader's words, and named at the top, which leads there.
		await loud.panelShows("There is nothing called “bb”.");
		await loud.tab.press("“Luminance-O” failed");
		const place = () => document.activeElement?.textContent?.includes("NameError") === true;
		await loud.until(place);
		await loud.tab.isUsable("panel-join-failed");
	});

	join("forgets the mistake when the function works", async () => {
		await loud.choose("Function y1", loud.lab.double);
		await loud.count(".panel-trouble", 0);
	});

	join("renames on Enter, and takes a draft back on Esc", async () => {
		await loud.enter("Name", "Loud");
		await loud.until(() => document.querySelector(".panel h2")?.textContent === "Loud");
		expect((await loud.document()).joins[0]?.na_name).toBe("Loud");
		await loud.tab.fill("Name", "never sent");
		await loud.tab.page.keyboard.press("Escape");
		expect(await loud.tab.page.$eval(".panel input", (one) => one.value)).toBe("Loud");
		await loud.enter("Name", " ");
		await loud.panelShows("Enter a name.");
		await loud.tab.page.keyboard.press("Escape");
	});

	join("scales an output; what is not a number is refused in one sentence", async () => {
		await loud.tab.press("Scale y1 to range");
		await loud.enter("Maximum y1", "1,000");
		await loud.panelShows("with a decimal point and no thousands separators");
		await loud.enter("Maximum y1", "255");
		await loud.count(".panel .kit-error", 0);
		await loud.has(({ joins }) => {
			const [param] = joins[0]?.links[1]?.params ?? [];
			return param?.normalization && param.max === 255;
		});
	});

	join("opens the function over the page, and gives the focus back", async () => {
		await loud.tab.press("Open the function “double loud”");
		await loud.tab.page.waitForSelector("dialog[open] .code-editor");
		await loud.tab.page.keyboard.press("Escape");
		await loud.count("dialog[open]", 0);
		const focused = await loud.tab.page.evaluate(() =>
			document.activeElement?.getAttribute("aria-label"),
		);
		expect(focused).toBe("Open the function “double loud”");
		await loud.tab.close();
	});

	const inputs = story("a join of two inputs: order, join function, links");
	let colour: LabTab;

	inputs("moves an input", async () => {
		colour = await LabTab.open(bench, "colour", ({ joins }) => `join/${joins.Colour}`);
		await colour.tab.press("Move “z2 Button-I2” up");
		const first = () =>
			document.querySelector(".panel-card header button")?.textContent === "Button-I2";
		await colour.until(first);
		const { "Button-I1": one, "Button-I2": two } = colour.lab.ports;
		const ids = (await colour.document()).joins[1]?.links.map(({ dfo_id }) => dfo_id);
		expect(ids?.slice(0, 2)).toEqual([two ?? 0, one ?? 0]);
	});

	inputs("has a join function only while there are two, and takes exactly that back", async () => {
		await colour.panelShows("Join function");
		await colour.tab.press("Remove the wire of “z2 Button-I1”");
		await colour.tab.shows("Removed the wire of “Button-I1”.");
		await colour.until(() => !document.body.innerText.includes("Join function"));
		await colour.tab.press("Undo");
		await colour.panelShows("Join function");
		expect((await colour.document()).joins[1]?.links).toHaveLength(3);
	});

	inputs("has a new function as soon as that is saved", async () => {
		const { page } = colour.tab;
		await colour.tab.press("New function: Join function");
		await page.waitForSelector("dialog[open] .code-editor");
		await page.locator("dialog[open] input").fill("first of both");
		await colour.tab.press("Save");
		await colour.has(({ joins }) => joins[1]?.fn_id !== null);
		await page.keyboard.press("Escape");
		await colour.count("dialog[open]", 0);
		await colour.until(() => {
			const chosen = [...document.querySelectorAll(".panel select option:checked")];
			return chosen.some((one) => one.textContent === "first of both");
		});
	});

	inputs("adds an input without drawing, and shows a wire by itself", async () => {
		const { joins, ports } = colour.lab;
		await colour.choose("Add an input …", ports["Orientation-I"] ?? 0);
		await colour.panelShows("z3");
		await colour.go(`wire/${joins.Colour}/${ports["Orientation-I"]}`);
		await colour.panelShows("Orientation-I → Colour");
		await colour.tab.isUsable("panel-wire");
		await colour.tab.press("Remove the wire of “z3 Orientation-I”");
		await colour.panelShows("This is not there any more");
		await colour.tab.close();
	});

	const block = story("a block: device and features");
	let phone: LabTab;

	block("binds a device that comes, and offers only pages of the web", async () => {
		phone = await LabTab.open(bench, "phone", ({ blocks }) => `block/${blocks.Smartphone}`);
		await phone.panelShows("A simulated device stands in for it.");
		const registration = {
			name: "Hall phone",
			accept_protos: ["mqtt"],
			idf_list: [["Microphone-I", [null]]],
			profile: {
				model: "Smartphone",
				extra_setup_webpage: "https://example.org/setup",
				device_webpage: "javascript:alert(1)",
			},
		};
		await fetch(`${bench.server.http}/${crypto.randomUUID()}`, {
			method: "PUT",
			headers: { "content-type": "application/json" },
			body: JSON.stringify(registration),
		});
		await phone.tab.press("Bind “Hall phone”");
		await phone.panelShows("Set-up page of the device");
		const links = await phone.tab.page.$$eval(".panel-list a", (all) => all.map((one) => one.href));
		expect(links).toEqual(["https://example.org/setup"]);
		await phone.tab.isUsable("panel-block");
		await phone.tab.press("Unbind “Hall phone”");
		await phone.panelShows("No device is bound.");
	});

	block("has at least one feature", async () => {
		await phone.tab.press("Orientation-I");
		await phone.count(".panel-check input:checked", 1);
		await phone.tab.press("Microphone-I");
		await phone.tab.shows("A block has at least one feature");
		await phone.count(".panel-check input:checked", 1);
	});

	block("has features of a family by number", async () => {
		await phone.go(`block/${phone.lab.blocks.Remote_control}`);
		await phone.tab.press("More Button-I");
		await phone.until(() => document.body.innerText.includes("Button-I3"));
		await phone.enter("Number of Button-I, at most 9", "99");
		await phone.panelShows("Enter an integer from 0 to 9.");
		const names = (await phone.document()).blocks[1]?.ports.map(({ df_name }) => df_name);
		expect(names).toEqual(["Button-I1", "Button-I2", "Button-I3"]);
		await phone.tab.close();
	});

	test("a feature has an alias, and its range is that of its links", async () => {
		const own = await LabTab.open(bench, "own", ({ ports }) => `port/${ports["Microphone-I"]}`);
		await own.panelShows("Simulated devices send values of this range.");
		await own.enter("Alias", "Loudness of the hall");
		await own.until(
			() => document.querySelector(".panel h2")?.textContent === "Loudness of the hall",
		);
		await own.enter("Minimum x1", "0.5");
		await own.panelShows("Enter an integer");
		await own.enter("Minimum x1", "-5");
		await own.count(".panel .kit-error", 0);
		await own.tab.isUsable("panel-port");
		await own.has(({ joins }) => joins[0]?.links[0]?.params[0]?.min === -5);
		const { blocks } = await own.document();
		expect(blocks[0]?.ports[0]?.alias_name).toBe("Loudness of the hall");
		await own.tab.close();
	});

	test("what was typed stays while the server cannot be reached", async () => {
		const kept = await LabTab.open(bench, "kept", ({ joins }) => `join/${joins.Loudness}`);
		await kept.panelShows("running");
		await kept.tab.setOffline(true);
		await kept.enter("Name", "typed while offline");
		await kept.panelShows("Nothing was changed: the server cannot be reached.");
		await kept.panelShows("These are the last values received.");
		expect(await kept.tab.page.$eval(".panel input", (one) => one.value)).toBe(
			"typed while offline",
		);
		await kept.tab.setOffline(false);
		await kept.until(() => document.querySelector(".panel-lost") === null);
		await kept.tab.page.focus(".panel input");
		await kept.tab.page.keyboard.press("Enter");
		await kept.has(({ joins }) => joins[0]?.na_name === "typed while offline");
		await kept.tab.close();
	});

	test("a person that may only look changes nothing, and sees all", async () => {
		const { pId, joins, blocks, ports } = await makeLab(bench.admin, "shown");
		const bob = await bench.server.person("bob");
		const share = { u_id: "bob", may: "look" };
		await bench.admin.ok("POST", `/api/v0/project/${pId}/share`, share);
		const tab = await bench.open(`#/p/${pId}/join/${joins.Colour}`, { person: bob });
		await tab.shows("You can look at this project, but not change it.");
		const enabled = () =>
			tab.page.$$eval(".panel-body :is(input, select):enabled", (all) =>
				all.map((one) => one.outerHTML),
			);
		expect(await enabled()).toEqual([]);
		await tab.isUsable("panel-look");
		for (const place of [`block/${blocks.Remote_control}`, `port/${ports["Color-O"]}`]) {
			await tab.go(`#/p/${pId}/${place}`);
			await tab.page.waitForSelector(place.startsWith("block") ? ".panel-count" : ".panel-param");
			expect(await enabled()).toEqual([]);
		}
		await tab.close();
	});

	test("on a phone it is a folded sheet until it is opened; Esc folds it and leaves it", async () => {
		const small = await LabTab.open(bench, "small", ({ joins }) => `join/${joins.Loudness}`, {
			width: WIDTHS.phone,
			height: 844,
		});
		await small.count('.panel[data-size="folded"]', 1);
		expect(await small.tab.page.$eval(".panel-body", (one) => one.checkVisibility())).toBe(false);
		await small.tab.isUsable("panel-phone-folded");
		await small.tab.page.focus(".panel-handle");
		await small.tab.page.keyboard.press("Enter");
		await small.count('.panel[data-size="half"]', 1);
		await small.tab.page.keyboard.press("ArrowUp");
		await small.count('.panel[data-size="full"]', 1);
		await small.tab.isUsable("panel-phone");
		await small.tab.page.keyboard.press("Escape");
		await small.count('.panel[data-size="folded"]', 1);
		// Dragged by a finger nearly to the top, and then by a key.
		const handle = await small.tab.page.$(".panel-handle");
		const { x = 0, y = 0 } = (await handle?.boundingBox()) ?? {};
		const { touchscreen } = small.tab.page;
		await touchscreen.touchStart(x + 20, y + 20);
		for (const up of [100, 300, 600]) await touchscreen.touchMove(x + 20, y + 20 - up);
		await touchscreen.touchEnd();
		await small.count('.panel[data-size="full"]', 1);
		await handle?.focus();
		await small.tab.page.keyboard.press("Enter");
		await small.count('.panel[data-size="folded"]', 1);
		await small.tab.page.focus(".lanes-body button");
		await small.tab.page.keyboard.press("F6");
		await small.count('.panel[data-size="half"] h2:focus', 1);
		await small.tab.page.keyboard.press("F6");
		await small.count(".lanes-body button:focus", 1);
		await small.tab.close();
	});

	test.each(THEMES.flatMap((theme) => LANGUAGES.map((language) => [theme, language] as const)))(
		"is usable in the theme %s and the language %s",
		async (theme, language) => {
			const name = `all ${theme} ${language}`;
			const all = await LabTab.open(bench, name, ({ joins }) => `join/${joins.Colour}`, {
				...{ theme, language },
			});
			const { blocks, ports } = all.lab;
			const places = [`block/${blocks.Remote_control}`, `port/${ports["Color-O"]}`];
			await all.count(".panel-card", 4);
			await all.tab.isUsable(`panel-join-${theme}-${language}`);
			for (const [index, place] of places.entries()) {
				await all.go(place);
				await all.tab.page.waitForSelector(index === 0 ? ".panel-count" : ".panel-param");
				await all.tab.isUsable(`panel-${place.split("/")[0]}-${theme}-${language}`);
			}
			await all.tab.close();
		},
	);
});

// Pages that are devices by themselves, in Chromium: what they send, show and say, and that everyone can use them.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import type { Browser } from "puppeteer-core";
import type { ProjectDocument } from "../../src/contract/mod.ts";
import { launchChromium } from "../support/chromium.ts";
import { EditorBench, EditorPage, type PageOptions, WIDTHS } from "../support/editor.ts";
import { TestGraph } from "../support/gateway.ts";
import { TestClient } from "../support/mqtt.ts";
import { hasProgram } from "../support/programs.ts";
import { ProjectServer, type WebPerson } from "../support/project-server.ts";
import { until } from "../support/waiting.ts";

const PAGES = ["Smartphone", "Bulb", "Remote_control", "Dummy", "Screen", "Chart", "MusicBox"];
const LOOKS = [
	{ theme: "light", language: "en", width: WIDTHS.phone },
	{ theme: "dark", language: "zh-Hant", width: 320 },
] as const;
const WAITING = { en: "waiting for the project", "zh-Hant": "等待專案連結" };
const PIXEL = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><path fill="#0a7" d="M0 0h2v1H0z"/></svg>')}`;

describe.if(hasProgram("chromium"))("pages of phones", () => {
	let server: ProjectServer;
	let browser: Browser;
	let client: TestClient;
	beforeAll(async () => {
		server = await ProjectServer.start();
		[browser, client] = await Promise.all([launchChromium(), TestClient.connect(server.mqtt)]);
	});
	afterAll(async () => {
		await client.end();
		await browser.close();
		await server.dispose();
	});

	const open = (name: string, options: PageOptions = {}) => {
		const look = { base: server.http, width: WIDTHS.phone, ...options };
		return EditorPage.open(browser, "", { ...look, at: `/da/${name}` });
	};

	/** The id the browser keeps for a page by name. */
	const idOf = ({ page }: EditorPage, name: string): Promise<string> =>
		page.evaluate((key) => JSON.parse(localStorage.getItem(key) ?? "{}").id, `iottalk-da-${name}`);

	/** Links features of pages to a graph without functions, inputs first. */
	async function link(...features: readonly (readonly [string, "idf" | "odf", string])[]) {
		const graph = await TestGraph.open(client, "gui", randomUUID());
		await graph.ok({ op: "attach" });
		for (const [da_id, mode, feature] of features) {
			await graph.ok({ op: "add_link", da_id, [mode]: feature });
		}
		return graph;
	}

	/** A device of the test whose one input is linked to an output of a page; what it says is shown there. */
	async function feed(da_id: string, feature: string): Promise<(value: unknown) => Promise<void>> {
		const id = randomUUID();
		const response = await fetch(`${server.http}/${id}`, {
			method: "PUT",
			headers: { "content-type": "application/json" },
			body: JSON.stringify({
				accept_protos: ["http"],
				idf_list: [["Any-I", [null]]],
				profile: { model: "Feeder" },
			}),
		});
		const { password } = (await response.json()) as { password: string };
		await link([id, "idf", "Any-I"], [da_id, "odf", feature]);
		const authorization = `Basic ${btoa(`${id}:${password}`)}`;
		return (value) =>
			until(async () => {
				const { status } = await fetch(`${server.http}/da/${id}/up`, {
					method: "POST",
					headers: { authorization },
					body: JSON.stringify(["Any-I", value]),
				});
				// More often than a device may.
				if (status !== 429) expect(status).toBe(204);
				return status === 204;
			}, "a value to be taken");
	}

	/** Waits until the project has linked pages, and they have said so. */
	const areLinked = (...tabs: readonly EditorPage[]) =>
		Promise.all(
			tabs.map(({ page }) =>
				page.waitForFunction(
					() => document.querySelector("[role=status]")?.textContent === "Connected",
				),
			),
		);

	/** Waits until something in the page, found by a selector, has a text. */
	const reads = (tab: EditorPage, selector: string, text: string) =>
		tab.page.waitForFunction(
			(selector, text) => document.querySelector(selector)?.textContent?.includes(text),
			{},
			...([selector, text] as const),
		);

	test.each(LOOKS)("all can be used: $theme, $language, $width px", async (look) => {
		// Under a prefix too, as behind a proxy.
		const base = look.theme === "dark" ? `${server.http}/iottalk/ccm` : server.http;
		for (const name of PAGES) {
			const tab = await open(name, { ...look, base });
			await tab.shows(WAITING[look.language]);
			await tab.isUsable(`phone-${name}-${look.theme}-${look.language}`);
			await tab.close();
		}
	});

	test("a finger on the colours of one changes the lamp of another, on a projector", async () => {
		const [phone, lamp] = [await open("Smartphone"), await open("Bulb", { width: WIDTHS.desk })];
		await Promise.all([phone, lamp].map((tab) => tab.shows(WAITING.en)));
		await link(
			[await idOf(phone, "Smartphone"), "idf", "Color-I1"],
			[await idOf(lamp, "Bulb"), "odf", "Color-O"],
		);
		await areLinked(phone, lamp);
		const field = await phone.page.waitForSelector(".colours");
		await field?.scrollIntoView();
		const box = await field?.boundingBox();
		if (!box) throw new Error("there is no colour field");
		const at = (x: number, y: number) => [box.x + x * box.width, box.y + y * box.height] as const;
		const finger = await phone.page.touchscreen.touchStart(...at(0.5, 0.9));
		for (let step = 0; step <= 20; step++) await finger.move(...at(1 / 3, 0.9 - step * 0.02));
		await finger.end();
		await lamp.page.waitForFunction(() => {
			const stage = document.querySelector(".stage");
			const [red = 0, green = 0] =
				stage === null
					? []
					: (getComputedStyle(stage).backgroundColor.match(/\d+/g)?.map(Number) ?? []);
			return green > 240 && red < 15;
		});
		await lamp.picture("phone-lamp-lit");
		await lamp.press("Full screen");
		await lamp.press("Leave full screen");
		// The same by keys: a step to the right.
		await field?.focus();
		await phone.page.keyboard.press("ArrowRight");
		await lamp.page.waitForFunction(() =>
			/^#00f[ef][1-9a-f]/.test(document.querySelector(".lamp .small")?.textContent ?? ""),
		);
		await phone.picture("phone-colour");
		await Promise.all([phone, lamp].map((tab) => tab.close()));
	});

	test("a screen shows texts, pictures and colours, and says what it may not show", async () => {
		const screen = await open("Screen");
		await screen.shows(WAITING.en);
		const show = await feed(await idOf(screen, "Screen"), "Display-O");
		await areLinked(screen);
		await show(["老師好"]);
		await reads(screen, ".screen", "老師好");
		await show([PIXEL]);
		await screen.page.waitForFunction(() => (document.images[0]?.naturalWidth ?? 0) > 0);
		await screen.picture("phone-screen-picture");
		await show([{ image: "http://example.org/a.png", text: "no" }]);
		await reads(screen, ".screen", "Cannot show http://example.org/a.png");
		await show(["#204060"]);
		await screen.page.waitForFunction(() => {
			const stage = document.querySelector(".screen");
			return stage !== null && getComputedStyle(stage).backgroundColor === "rgb(32, 64, 96)";
		});
		await screen.press("Switch sound on");
		await screen.shows("Switch sound off");
		await show([{ sound: 440 }]);
		await screen.isUsable("phone-screen-colour");
		await screen.close();
	});

	test("numbers are drawn as lines", async () => {
		const chart = await open("Chart", { width: WIDTHS.desk, theme: "dark" });
		await chart.shows(WAITING.en);
		const show = await feed(await idOf(chart, "Chart"), "Number-O");
		await areLinked(chart);
		for (let step = 0; step < 30; step++) {
			await show([Math.round(Math.sin(step / 4) * 100), step]);
			await reads(chart, ".newest", `${step}`);
		}
		const lines = await chart.page.$$eval(".chart path", (paths) =>
			paths.map((path) => path.getAttribute("d")?.match(/[ML]/g)?.length ?? 0),
		);
		expect(lines).toEqual([expect.any(Number), expect.any(Number)]);
		for (const points of lines) expect(points).toBeGreaterThan(5);
		await chart.isUsable("phone-chart-desk");
		await chart.close();
	});

	test("buttons, switches and sliders are sent; a tap is a press and a release", async () => {
		const [remote, dummy] = [await open("Remote_control"), await open("Dummy")];
		await Promise.all([remote, dummy].map((tab) => tab.shows(WAITING.en)));
		const from = await idOf(remote, "Remote_control");
		const to = await idOf(dummy, "Dummy");
		const seen: unknown[] = [];
		await dummy.page.exposeFunction("note", (text: string) => seen.push(text));
		await dummy.page.evaluate(() => {
			const note = (globalThis as unknown as { note(text: string): void }).note;
			const watch = () => note(document.querySelector(".newest")?.textContent ?? "");
			new MutationObserver(watch).observe(document.body, {
				...{ subtree: true, childList: true, characterData: true },
			});
		});
		const graph = await link([from, "idf", "Button-I2"], [to, "odf", "DummyControl-O"]);
		await remote.press("Button 2");
		await reads(dummy, ".newest", "0");
		expect(seen).toContain("1");
		await graph.ok({ op: "rm_link", da_id: from, idf: "Button-I2" });
		await graph.ok({ op: "add_link", da_id: from, idf: "Switch-I3" });
		await remote.press("Switch switch Switch-I3");
		await reads(dummy, ".newest", "1");
		await graph.ok({ op: "rm_link", da_id: from, idf: "Switch-I3" });
		await graph.ok({ op: "add_link", da_id: from, idf: "Knob-I1" });
		const knob = await remote.page.waitForSelector(".kind-slides input");
		await knob?.focus();
		await remote.page.keyboard.press("End");
		await remote.page.keyboard.press("ArrowLeft");
		await reads(dummy, ".newest", "0.99");
		await Promise.all([remote, dummy].map((tab) => tab.close()));
	});

	test("orientation comes from the sensor; a sensor that is blocked says why, and a finger does instead", async () => {
		const phone = await open("Smartphone");
		const session = await phone.page.createCDPSession();
		await session.send("DeviceOrientation.setDeviceOrientationOverride", {
			...{ alpha: 10, beta: 20, gamma: 30 },
		});
		await reads(phone, ".kind-orientation .value", "10  20  30");
		// Chromium's own word on what was done to it.
		expect(phone.problems.splice(0)).toEqual([expect.stringContaining("A reload is required")]);
		await phone.close();

		const context = await browser.createBrowserContext();
		const page = await context.newPage();
		await page.evaluateOnNewDocument(() => {
			localStorage.setItem("iottalk-language", "en");
			Object.defineProperty(globalThis, "isSecureContext", { value: false });
		});
		await page.goto(`${server.http}/da/Smartphone`);
		const text = () => page.$eval(".kind-acceleration", (part) => part.textContent ?? "");
		await page.waitForFunction(() =>
			["acceleration", "microphone", "position"].every((kind) =>
				document.querySelector(`.kind-${kind}`)?.textContent?.includes("HTTPS"),
			),
		);
		expect(await text()).toContain("use a finger instead");
		const pad = await page.waitForSelector(".kind-acceleration .pad");
		await pad?.focus();
		await page.keyboard.press("ArrowRight");
		await page.waitForFunction(() => {
			const value = document.querySelector(".kind-acceleration .value")?.textContent ?? "";
			return /^0\.\d+ /.test(value);
		});
		await context.close();
	});

	test("an iPhone is asked inside a tap, and a refusal is said", async () => {
		const context = await browser.createBrowserContext();
		const page = await context.newPage();
		await page.evaluateOnNewDocument(() => {
			localStorage.setItem("iottalk-language", "en");
			const ask = () => Promise.resolve(navigator.userActivation.isActive ? "denied" : "granted");
			for (const type of [DeviceMotionEvent, DeviceOrientationEvent]) {
				Object.assign(type, { requestPermission: ask });
			}
		});
		await page.goto(`${server.http}/da/Smartphone`);
		const button = await page.waitForSelector(".kind-acceleration button");
		expect(await button?.evaluate((one) => one.textContent)).toBe("Use the sensor");
		await button?.click();
		await page.waitForFunction(() =>
			document
				.querySelector(".kind-acceleration")
				?.textContent?.includes("permission was not given"),
		);
		await context.close();
	});

	test("a reload is the same device, a second tab says so, and it can be deregistered", async () => {
		const first = await open("Dummy");
		await first.shows(WAITING.en);
		const id = await idOf(first, "Dummy");
		await first.page.reload();
		await first.shows(WAITING.en);
		expect(await idOf(first, "Dummy")).toBe(id);
		const second = await open("Dummy", { beside: first });
		await second.shows(WAITING.en);
		await first.page.bringToFront();
		await first.shows("open in another tab");
		await first.isUsable("phone-elsewhere");
		await first.press("Be a new device");
		await first.shows(WAITING.en);
		await second.page.bringToFront();
		await second.shows(WAITING.en);
		await second.press("This device");
		await second.press("Deregister");
		await second.shows("no longer registered");
		await second.isUsable("phone-deregistered");
		expect((await fetch(`${server.http}/${id}`)).status).toBe(404);
		await second.press("Register again");
		await second.shows(WAITING.en);
		expect(await idOf(second, "Dummy")).not.toBe(id);
		await second.page.close();
		await first.close();
	});

	test("all pages at once in one browser, which opens six connections, stay devices", async () => {
		const tabs: EditorPage[] = [];
		for (const name of PAGES) {
			const [beside] = tabs;
			const tab = await open(name, beside === undefined ? {} : { beside });
			tabs.push(tab);
			await tab.shows(WAITING.en);
		}
		const ids = await Promise.all(tabs.map((tab, index) => idOf(tab, PAGES[index] ?? "")));
		const response = await fetch(`${server.http}/api/devices`);
		const devices = (await response.json()) as { id: string; state: string }[];
		const online = devices.filter(({ id, state }) => state === "online" && ids.includes(id));
		expect(online.length).toBe(PAGES.length);
		const [first] = tabs;
		await first?.page.bringToFront();
		await first?.shows(WAITING.en);
		for (const { page } of tabs.slice(1)) await page.close();
		await first?.close();
	});

	test("a member sees what its block needs, keeps its seat, and is told when it is over", async () => {
		const admin = await server.admin();
		const { p_id } = await admin.ok("POST", "/api/v1/templates/class-lamp", { lang: "en" });
		const { project } = await admin.ok("GET", `/api/v1/projects/${p_id}`);
		const block = (project as ProjectDocument).blocks.find(({ dm_name }) => dm_name !== "Bulb");
		const invitation = `/api/v1/projects/${p_id}/blocks/${block?.do_id}/invitation`;
		const { code } = await admin.ok("POST", invitation, { hours: 1 });
		const join = async (theme: "light" | "dark", language: "en" | "zh-Hant") => {
			const look = { base: server.http, width: WIDTHS.phone, theme, language };
			const tab = await EditorPage.open(browser, "", { ...look, at: `/join/${code}` });
			await tab.click("[type=submit], form button");
			await tab.page.waitForSelector(".colours");
			return tab;
		};
		const [mia, kai] = [await join("light", "en"), await join("dark", "zh-Hant")];
		await mia.shows("Seat 1");
		await kai.shows("座位 2");
		await areLinked(mia);
		await kai.page.waitForFunction(
			() => document.querySelector("[role=status]")?.textContent === "已連線",
		);
		await mia.isUsable("phone-member-light");
		await kai.isUsable("phone-member-dark");
		await mia.page.reload();
		await mia.shows("Seat 1");
		await areLinked(mia);
		const seat = `/api/v1/projects/${p_id}/blocks/${block?.do_id}/seats/0`;
		expect((await admin.send("DELETE", seat)).status).toBe(200);
		await mia.shows("You have left the class");
		await mia.isUsable("phone-thrown-out");
		expect((await admin.send("DELETE", invitation)).status).toBe(200);
		await Promise.all([mia, kai].map((tab) => tab.close()));

		const stranger = await open(randomUUID());
		await stranger.shows("This phone has no seat");
		await stranger.isUsable("phone-stranger");
		await stranger.press("Join with a code");
		await stranger.page.waitForFunction(() => location.pathname.endsWith("/join"));
		await stranger.close();
	});

	test("when the server starts again, pages say so and go on by themselves", async () => {
		const [phone, lamp] = [await open("Smartphone"), await open("Bulb")];
		await Promise.all([phone, lamp].map((tab) => tab.shows(WAITING.en)));
		await link(
			[await idOf(phone, "Smartphone"), "idf", "Color-I1"],
			[await idOf(lamp, "Bulb"), "odf", "Color-O"],
		);
		await areLinked(phone, lamp);
		await server.end();
		await Promise.all([phone, lamp].map((tab) => tab.shows("does not answer")));
		await phone.picture("phone-away");
		await server.run();
		await areLinked(phone, lamp);
		const field = await phone.page.waitForSelector(".colours");
		await field?.tap();
		await lamp.page.waitForFunction(() =>
			/^#/.test(document.querySelector(".stage .small")?.textContent ?? ""),
		);
		for (const tab of [phone, lamp]) {
			// What the browser says of requests that failed meanwhile is not a problem of the page.
			tab.problems.length = 0;
			await tab.close();
		}
		await client.end();
		client = await TestClient.connect(server.mqtt);
	});
});

describe.if(hasProgram("chromium"))("pages of phones where logins are on", () => {
	let bench: EditorBench;
	beforeAll(async () => {
		bench = await EditorBench.start("[aaa]\nenable_mqtt_auth = true\n");
	});
	afterAll(() => bench.dispose());

	const open = (person?: WebPerson) =>
		EditorPage.open(bench.browser, "", {
			...{ base: bench.server.http, width: WIDTHS.phone, person, at: "/da/Bulb" },
		});

	test("a page asks for a token, and is the same device without one from then on", async () => {
		const { token } = await bench.admin.ok("POST", "/api/v1/devices/token", { days: 1 });
		const tab = await open();
		await tab.shows("This server needs a login");
		await tab.isUsable("phone-login");
		await tab.fill("Registration token", "wrong");
		await tab.press("Register");
		await tab.shows("This server needs a login");
		await tab.fill("Registration token", String(token));
		await tab.press("Register");
		await tab.shows(WAITING.en);
		await tab.page.reload();
		await tab.shows(WAITING.en);
		await tab.close();
	});

	test("a teacher who is logged in registers it with one press", async () => {
		const tab = await open(bench.admin);
		await tab.press("Register as root");
		await tab.shows(WAITING.en);
		await tab.close();
	});
});

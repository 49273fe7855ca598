// Inviting phones in headless Chromium: what the projector shows, and phones that join over HTTP.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { en, zh } from "../../src/web/editor/texts/invite.ts";
import { en as projectEn, zh as projectZh } from "../../src/web/editor/texts/project.ts";
import { en as laterEn } from "../../src/web/editor/texts/project-later.ts";
import { EditorBench, type EditorPage, LOOKS } from "../support/editor.ts";
import { Finger } from "../support/hands.ts";
import { PhoneClient } from "../support/phone-client.ts";
import { freePort } from "../support/ports.ts";
import { hasProgram } from "../support/programs.ts";
import type { WebPerson } from "../support/project-server.ts";
import { change, documentOf } from "../support/sensor-project.ts";
import { story } from "../support/story.ts";
import { until } from "../support/waiting.ts";

const COLOUR = "Color-I1";

describe.if(hasProgram("chromium"))("inviting phones", () => {
	let bench: EditorBench;
	let ann: WebPerson;
	let pId: number;
	let tab: EditorPage;
	let other: EditorPage;
	beforeAll(async () => {
		bench = await EditorBench.start();
		ann = bench.admin;
		pId = await lamp("en");
	});
	afterAll(() => bench.dispose());

	/** A project with 40 seats. */
	const lamp = async (lang: "en" | "zh") =>
		Number((await ann.ok("POST", "/api/v1/templates/class-lamp", { lang })).p_id);
	const invite = async (page: EditorPage, project = projectEn) => {
		await page.press(project.invite);
		await page.page.waitForSelector(".invite-block");
	};
	const codeOn = (page: EditorPage) =>
		page.page.waitForSelector(".invite-code").then(async (found) => {
			const text = await found?.$eval("[aria-hidden]", (one) => one.textContent ?? "");
			return (text ?? "").replace(" ", "");
		});
	/** What the QR code leads to, which its label says. */
	const addressOn = async (page: EditorPage) => {
		const label = await page.page.$eval(".invite-qr", (one) => one.getAttribute("aria-label"));
		return label?.replace(en.qr(""), "") ?? "";
	};
	const counted = (page: EditorPage, taken: number, seats = 40) =>
		page.page.waitForFunction(
			(text) => document.querySelector(".invite-count")?.textContent?.startsWith(text),
			{},
			`${taken} / ${seats}`,
		);
	const step = story("a class comes and goes");
	const phones: PhoneClient[] = [];

	step("a block with seats shows its code at once", async () => {
		tab = await bench.open(`#/p/${pId}`);
		await invite(tab);
		const code = await codeOn(tab);
		expect(code).toMatch(/^[A-Z]{6}$/);
		expect(code).not.toMatch(/[OIL]/);
		const join = `${bench.server.http}/join`;
		expect(await addressOn(tab)).toBe(`${join}/${code}`);
		await tab.shows(join.replace("http://", ""));
		await tab.shows(en.onlyHere);
		await counted(tab, 0);
		const left = await tab.page.$eval("[role=timer]", (one) => one.textContent ?? "");
		expect(left).toMatch(/^(4:00:00|3:59:\d\d)$/);
	});

	step("phones that join are counted, and named", async () => {
		const address = await addressOn(tab);
		phones.push(await PhoneClient.join(address, "小明 <b>"));
		phones.push(await PhoneClient.join(address));
		await counted(tab, 2);
		await Promise.all(phones.map((phone) => phone.connect(COLOUR)));
		await tab.page.waitForFunction(() => document.querySelectorAll(".invite-online").length === 2);
		await tab.press(en.members(2));
		await tab.shows("小明 <b>");
		await tab.isUsable("invite-members");
		await tab.page.keyboard.press("Escape");
		await tab.page.waitForSelector("dialog:modal", { hidden: true });
		await tab.page.waitForSelector(
			`[aria-label="Invite phones, ${laterEn.commands.joined(2, 40)}"]`,
		);
	});

	step("a wrong code is said, and lets no one in", async () => {
		await tab.page.$eval(".project-joined", (one) => one.closest("button")?.click());
		await codeOn(tab);
		const wrong = await fetch(`${bench.server.http}/join/BBBBBB`, { method: "POST" });
		expect(wrong.status).toBe(404);
		await tab.shows(en.wrong(1));
	});

	step("one is removed, after a question; its seat is free", async () => {
		await tab.press(en.members(2));
		await tab.press(en.throwOutOf("小明 <b>"));
		await tab.shows("This cannot be undone.");
		await tab.isUsable("invite-remove");
		await tab.press(en.throwOut);
		await counted(tab, 1);
		await until(() => phones[0]?.isThere === false, "the end of the phone's stream");
		expect(phones[1]?.isThere).toBe(true);
		expect((await documentOf(ann, pId)).blocks[0]?.bindings).toHaveLength(1);
	});

	step("the code is there again after a reload, and on no other browser", async () => {
		const code = await codeOn(tab);
		await tab.page.reload();
		await tab.page.waitForSelector(".project-joined");
		await tab.page.$eval(".project-joined", (one) => one.closest("button")?.click());
		expect(await codeOn(tab)).toBe(code);
		other = await bench.open(`#/p/${pId}`);
		await other.page.waitForSelector(".project-joined");
		await other.page.$eval(".project-joined", (one) => one.closest("button")?.click());
		await other.shows(en.elsewhere);
		await other.isUsable("invite-elsewhere");
	});

	step("a new code, for fewer seats, ends the old one", async () => {
		const old = await addressOn(tab);
		await other.fill(en.seats, "2");
		await other.press(en.newCode);
		await codeOn(other);
		await counted(other, 1, 2);
		await tab.shows(en.elsewhere);
		expect(await PhoneClient.refusal(old)).toContain("404");
		phones.push(await PhoneClient.join(await addressOn(other)));
		await counted(other, 2, 2);
		expect(await PhoneClient.refusal(await addressOn(other))).toContain("409");
	});

	step("the end keeps those who have come", async () => {
		const address = await addressOn(other);
		await other.press(en.end);
		await other.shows(en.ended);
		await tab.shows(en.ended);
		await counted(tab, 2, 2);
		expect(await PhoneClient.refusal(address)).toMatch(/404|410/);
		await tab.close();
		await other.close();
	});

	test("a block without seats gets them, and is chosen first", async () => {
		const id = await lamp("en");
		const { blocks } = await documentOf(ann, id);
		const [block] = blocks;
		await change(ann, id, { kind: "set_seats", do_id: block?.do_id, seats: null });
		const page = await bench.open(`#/p/${id}`);
		await page.press(projectEn.invite);
		await page.shows(en.choose);
		await page.isUsable("invite-choose");
		await page.click(".invite-choose li:first-child button");
		await page.shows(en.start("Remote_control"));
		await page.fill(en.seats, "5");
		await page.press(en.showCode);
		await codeOn(page);
		await counted(page, 0, 5);
		expect((await documentOf(ann, id)).blocks[0]?.seats).toBe(5);
		await page.close();
	});

	test("prints QR code, address and code on one page", async () => {
		const page = await bench.open(`#/p/${await lamp("en")}`, { theme: "dark" });
		await invite(page);
		await codeOn(page);
		const pdf = Buffer.from(await page.page.pdf({ format: "A4" })).toString("latin1");
		expect([...pdf.matchAll(/\/Type \/Page\b/g)]).toHaveLength(1);
		await page.page.emulateMediaType("print");
		const shown = await page.page.evaluate(() => document.body.innerText.split(/\s*\n\s*/));
		const code = await codeOn(page);
		expect(shown.filter((line) => line !== "")).toEqual([
			...[en.orOpen, `${new URL(bench.server.http).host}/join`, en.andType],
			// Read aloud letter by letter.
			...[code.split("").join(" "), `${code.slice(0, 3)} ${code.slice(3)}`],
		]);
		await page.picture("invite-print");
		await page.close();
	});

	test("an open encrypted port is named, with what phones ask once", async () => {
		await ann.ok("POST", "/api/v1/https", { port: await freePort() });
		const page = await bench.open(`#/p/${await lamp("en")}`);
		await invite(page);
		await codeOn(page);
		await page.press(en.https);
		await page.shows(en.httpsTaps.android);
		await page.shows("https://");
		await page.isUsable("invite-https");
		await page.close();
	});

	test.each(LOOKS)("is usable at $width px, $theme, in $language", async (look) => {
		const isEnglish = look.language === "en";
		const [words, project] = isEnglish ? [en, projectEn] : [zh, projectZh];
		const page = await bench.open(`#/p/${await lamp(isEnglish ? "en" : "zh")}`, look);
		if (look.width < 700) {
			const finger = new Finger(page);
			await finger.use(project.more);
			await finger.use(project.invite);
		} else await page.press(project.invite);
		await codeOn(page);
		const name = `invite-${look.width}-${look.theme}`;
		await page.isUsable(name);
		await page.press(words.members(0));
		await page.press(words.newCode);
		await page.press(words.https);
		await page.shows(words.httpsWhy);
		await page.isUsable(`${name}-open`);
		await page.press(words.openNetwork);
		await page.shows(words.openTitle);
		await page.isUsable(`${name}-network`);
		await page.close();
	});
});

// A class that is in the middle of its first lesson: its phones, and the code its teacher's browser has.
import type { NewInvitation } from "../../src/contract/mod.ts";
import type { EditorPage } from "../../test/support/editor.ts";
import { PhoneClient } from "../../test/support/phone-client.ts";
import type { WebPerson } from "../../test/support/project-server.ts";

const COLOUR = "Color-I1";
const JOINED = 38;
/** A school's network: the server of the pictures listens on its own machine only. */
const ADDRESS = "http://192.168.1.5:9992";

export interface Lesson {
	readonly pId: number;
	readonly doId: number;
	readonly naId: number;
	/** What the browser keeps of the code. */
	readonly kept: Pick<NewInvitation, "code" | "address" | "mark">;
}

/** A project of the template, with phones that stay until they are told to leave. */
export async function openLesson(
	owner: WebPerson,
	lang: "en" | "zh",
): Promise<{ readonly lesson: Lesson; readonly phones: readonly PhoneClient[] }> {
	const { p_id } = await owner.ok("POST", "/api/v1/templates/class-lamp", { lang });
	const pId = Number(p_id);
	const { project } = await owner.ok("GET", `/api/v1/projects/${pId}`);
	const { blocks, joins } = project as {
		readonly blocks: readonly { readonly do_id: number }[];
		readonly joins: readonly { readonly na_id: number }[];
	};
	const doId = blocks[0]?.do_id ?? 0;
	const place = `/api/v1/projects/${pId}/blocks/${doId}/invitation`;
	const { code, address, mark } = (await owner.ok("POST", place)) as unknown as NewInvitation;
	const phones: PhoneClient[] = [];
	for (let n = 0; n < JOINED; n++) phones.push(await PhoneClient.join(`${address}/${code}`));
	await Promise.all(phones.map((phone) => phone.connect(COLOUR)));
	const kept = { code, address: `${ADDRESS}/join`, mark };
	return { lesson: { pId, doId, naId: joins[0]?.na_id ?? 0, kept }, phones };
}

/** Has one phone after the other send a colour. */
export function playLesson(phones: readonly PhoneClient[], everyMs: number): Timer {
	let step = 0;
	return setInterval(() => {
		step += 1;
		const n = step % phones.length;
		phones[n]?.send(COLOUR, [255 - n * 6, n * 6, 64 + n * 4]).catch(() => {});
	}, everyMs);
}

/** Has a page be the one that made the code, in that network. */
export async function withCode({ page }: EditorPage, { pId, doId, kept }: Lesson): Promise<void> {
	await page.evaluate(
		(name, text) => localStorage.setItem(name, text),
		`iottalk-invitation-${pId}-${doId}`,
		JSON.stringify(kept),
	);
	await page.setRequestInterception(true);
	page.on("request", (request) => {
		// Those that were on their way before.
		if (request.interceptResolutionState().action === "disabled") return;
		if (!request.url().endsWith("/api/v1/devices/register")) return void request.continue();
		const reached = { address: ADDRESS, addresses: [ADDRESS], local_only: false, login: true };
		return void request.respond({
			contentType: "application/json",
			body: JSON.stringify({ state: "ok", ...reached }),
		});
	});
}

/** Opens the invitation: by its button, which shows how many have joined, or from the menu of a narrow screen. */
export async function openInvitation({ page }: EditorPage): Promise<void> {
	await page.waitForSelector(".project-menu button");
	const button = await page.$("button:has(.project-joined)");
	if (button !== null) await button.click();
	else {
		await page.click(".project-menu button");
		await page.waitForSelector("[role=menu] [role=menuitem]");
		await page.$$eval("[role=menu] [role=menuitem]", (all) => {
			const named = all.find((one) => /^(Invite phones|邀請手機)$/.test(one.textContent.trim()));
			(named as HTMLElement | undefined)?.click();
		});
	}
	await page.waitForSelector(".invite-qr");
}

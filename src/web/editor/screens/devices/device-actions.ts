import type { CcmDevice } from "../../../../contract/mod.ts";
import type { App } from "../../app-context.ts";
import { texts } from "../../texts/texts.ts";

/** Claims a device, or gives it back, and says how that went. @returns the device as it is then. */
export async function changeOwner(
	{ ask, notices }: Pick<App, "ask" | "notices">,
	{ mac_addr, d_name }: CcmDevice,
	what: "claim" | "release",
): Promise<CcmDevice | undefined> {
	const path = `api/v1/devices/${mac_addr}/${what}`;
	const answer = await ask<{ readonly device: CcmDevice }>("POST", path);
	const { devices } = texts.value;
	if (!answer.ok) {
		notices.say(devices.cannot(answer.reason), "bad");
		return undefined;
	}
	notices.say(what === "claim" ? devices.claimed(d_name) : devices.released(d_name), "good");
	return answer.body.device;
}

/** Copies a text, and says so. */
export async function copyText({ notices }: Pick<App, "notices">, text: string): Promise<void> {
	const { devices } = texts.value;
	const isCopied = await writeClipboard(text);
	notices.say(isCopied ? devices.copied : devices.cannotCopy, isCopied ? "good" : "bad");
}

async function writeClipboard(text: string): Promise<boolean> {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		// Pages that came without encryption from another machine have no clipboard, only the command.
		const area = document.createElement("textarea");
		area.value = text;
		// Inside an open dialog, since all else is inert.
		(document.querySelector("dialog[open]") ?? document.body).append(area);
		area.select();
		const isCopied = document.execCommand("copy");
		area.remove();
		return isCopied;
	}
}

/** The address of a page that a device names, where a browser can show it: not `javascript:` and the like. */
export function pageOf(address: string): string | undefined {
	return /^https?:\/\//i.test(address) ? address : undefined;
}

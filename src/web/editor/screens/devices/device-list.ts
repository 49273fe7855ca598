import type { CcmDevice, CcmDeviceEvents } from "../../../../contract/mod.ts";

/** The kinds of devices a list can be narrowed down to. */
export const SHOWN = ["all", "online", "mine", "free", "unbound", "unknown"] as const;
export type Shown = (typeof SHOWN)[number];

/** What an address says, `all` for what means nothing. */
export function shownOf(text: string | undefined): Shown {
	return SHOWN.find((one) => one === text) ?? "all";
}

/** The devices after an event. */
export function withNews(
	devices: readonly CcmDevice[],
	{ whole, devices: told, gone }: CcmDeviceEvents["devices"],
): CcmDevice[] {
	if (whole) return [...told];
	const left = new Set([...gone, ...told.map(({ mac_addr }) => mac_addr)]);
	return [...devices.filter(({ mac_addr }) => !left.has(mac_addr)), ...told];
}

/** Whether a device is one of a kind. @param uId Of the reader. */
export function isShown(device: CcmDevice, shown: Shown, uId: number): boolean {
	switch (shown) {
		case "all":
			return true;
		case "online":
			return device.status === "online";
		case "mine":
			return device.u_id === uId;
		case "free":
			return device.u_id === null;
		case "unbound":
			return device.bound.length + device.bound_elsewhere === 0;
		case "unknown":
			return device.dm_id === null;
	}
}

/** Whether each word is in one of the texts, in any case. */
export function hasWords(texts: readonly string[], search: string): boolean {
	const words = search.toLowerCase().split(/\s+/).filter(Boolean);
	const all = texts.map((text) => text.toLowerCase());
	return words.every((word) => all.some((text) => text.includes(word)));
}

/** What is searched of a device. */
export function textsOf(device: CcmDevice): string[] {
	const { d_name, dm_name, mac_addr, u_name, bound, features } = device;
	const names = features.map(({ df_name }) => df_name);
	return [d_name, dm_name, mac_addr, u_name ?? "", ...bound.map(({ p_name }) => p_name), ...names];
}

/** Those that are shown, online ones first, then by name. */
export function deviceList(
	devices: readonly CcmDevice[],
	{ shown, search, uId }: { readonly shown: Shown; readonly search: string; readonly uId: number },
): CcmDevice[] {
	const rank = ({ status }: CcmDevice) => (status === "online" ? 0 : 1);
	return devices
		.filter((device) => isShown(device, shown, uId) && hasWords(textsOf(device), search))
		.sort(
			(a, b) =>
				rank(a) - rank(b) ||
				a.d_name.localeCompare(b.d_name, undefined, { numeric: true }) ||
				(a.mac_addr < b.mac_addr ? -1 : 1),
		);
}

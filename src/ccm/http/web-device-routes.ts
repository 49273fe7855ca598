import { Reply, type Route, route } from "../../http/mod.ts";
import { refuse } from "./answers.ts";
import { pageFileRoute } from "./page-routes.ts";
import type { PhonePages } from "./phone-pages.ts";

/** Pages that are devices by themselves, by the last part of their address; most have the original's names. */
const PAGES: Readonly<Record<string, string>> = {
	Smartphone: "sensors, buttons and a screen",
	Bulb: "a lamp",
	Remote_control: "buttons, switches, knobs and colours",
	Dummy: "a number to send, and one to receive",
	Screen: "text, pictures, colour and sound",
	Chart: "numbers as lines",
	MusicBox: "tones",
};
/** Their files. */
const ASSETS = "assets";

/** Whether a name below `/da/` is one of the program's own. */
export function isPageName(name: string): boolean {
	return name === ASSETS || Object.hasOwn(PAGES, name);
}

/** Pages for browsers that are devices, below `/da/` (`ccm-gui.md §4`). */
export function webDeviceRoutes(pages: PhonePages): Route[] {
	return [
		...Object.entries(PAGES).map(([name, what]) =>
			route({
				method: "GET",
				path: `/da/${name}`,
				summary: `A page that is a device: ${what}`,
				who: "any-page",
				replies: {
					200: { description: "the page", type: "text/html", fields: ["ETag"] },
					304: { description: "it has not changed" },
					308: { description: "to the address without a slash at its end", fields: ["Location"] },
				},
				refuse,
				run: ({ call }) => {
					const { pathname, search } = new URL(call.request.url);
					// With it, the page would look for its files in the wrong place.
					return pathname.endsWith("/")
						? new Reply(308, null, { "cache-control": "no-store", location: `../${name}${search}` })
						: pages.page(call.headers);
				},
			}),
		),
		pageFileRoute(`/da/${ASSETS}`, pages.files),
	];
}
